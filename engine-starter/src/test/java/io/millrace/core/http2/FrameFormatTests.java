package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 §3 and §4: how a connection starts, and how frames are cut.
 */
class FrameFormatTests extends ConformanceTests {

	private static final int HEADER_TABLE_SIZE = 1;

	private static final int MAX_CONCURRENT_STREAMS = 3;

	private static final int MAX_FRAME_SIZE = 5;

	private static final int MAX_HEADER_LIST_SIZE = 6;

	private static final int ENABLE_PUSH = 2;

	@Nested
	class Preface {

		@Test
		void theServerSpeaksFirstOfItsSettings() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send(FrameClient.PREFACE).send(Frame.settings(4, 65535));
			Frame first = client.read();
			assertThat(first.type()).isEqualTo(Frame.SETTINGS);
			assertThat(first.flags()).isZero();
			assertThat(first.stream()).isZero();
		}

		@Test
		void theServerSaysHowMuchItTakes() {
			assertThat(client().setting(MAX_CONCURRENT_STREAMS, -1)).isBetween(1L, 1000L);
			assertThat(client().setting(MAX_HEADER_LIST_SIZE, -1)).isPositive();
			assertThat(client().setting(ENABLE_PUSH, 0)).isZero();
			assertThat(client().setting(HEADER_TABLE_SIZE, 4096)).isLessThanOrEqualTo(4096L);
		}

		@Test
		void somethingElseThanAPrefaceClosesTheConnection() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send("INVALID CONNECTION PREFACE\r\n\r\n".getBytes());
			isRefused();
			assertThat(client.in().readAllBytes()).asString().startsWith("HTTP/1.1 400 ");
		}

		@Test
		void aPrefaceThatGoesWrongInTheMiddleClosesTheConnection() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes());
			isRefused();
			client.in().readAllBytes();
		}

		@Test
		void aPrefaceMayComeByteByByte() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			for (byte piece : FrameClient.PREFACE) {
				client.send(new byte[] { piece });
			}
			client.send(Frame.settings()).assertAlive();
		}

		@Test
		void aFrameOtherThanSettingsAfterThePrefaceIsAConnectionError() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send(FrameClient.PREFACE).send(Frame.ping(0, 1));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void anAcknowledgementIsNoPreface() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send(FrameClient.PREFACE).send(Frame.settingsAck());
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void requestsMayComeBeforeTheServersSettingsAreAcknowledged() throws Exception {
			FrameClient client = instead(FrameClient.open(server().port()));
			client.send(FrameClient.PREFACE).send(Frame.settings(), Frame.request(1, HeaderBlock.get("/early")));
			assertThat(client.awaitAnswer(1).status()).isEqualTo(200);
		}

	}

	@Nested
	class Format {

		@Test
		void aFrameOfUnknownTypeIsIgnored() throws Exception {
			send(Frame.of(0x16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).assertAlive();
		}

		@Test
		void aFrameOfUnknownTypeIsIgnoredOnAnyStream() throws Exception {
			send(Frame.of(0xee, 0xff, 7, 1, 2, 3)).assertAlive();
			send(Frame.open(1, HeaderBlock.post("/")), Frame.of(0xee, 0xff, 1, 1, 2, 3),
					Frame.data(1, Frame.END_STREAM, "test"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void aFrameOfUnknownTypeWithinAFieldBlockIsAConnectionError() throws Exception {
			send(Frame.headers(1, Frame.END_STREAM, HeaderBlock.get("/").bytes()), Frame.of(0x16, 0, 0, 0, 0, 0));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void anUnknownFrameThatIsTooLargeIsRefused() throws Exception {
			send(new Frame(0x16, 0, 0, new byte[(int) client().setting(MAX_FRAME_SIZE, 16384) + 1]));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@ParameterizedTest
		@ValueSource(ints = { 0x16, 0xfe })
		void flagsThatMeanNothingAreIgnored(int flags) throws Exception {
			send(Frame.ping(flags, 42));
			Frame pong = client().awaitFrame(Frame.PING);
			assertThat(pong).isEqualTo(new Frame(Frame.PING, Frame.ACK, 0, pong.payload()));
		}

		@Test
		void theReservedBitOfTheStreamIsIgnored() throws Exception {
			send(new Frame(Frame.PING, 0x16, 0x80000000, new byte[8]));
			assertThat(client().awaitFrame(Frame.PING).flags()).isEqualTo(Frame.ACK);
			send(new Frame(Frame.HEADERS, 5, 0x80000001, HeaderBlock.get("/").bytes()));
			assertThat(client().awaitAnswer(1).status()).isEqualTo(200);
		}

	}

	@Nested
	class Size {

		@Test
		void aFrameOfTheLargestSizeIsTaken() throws Exception {
			int size = (int) client().setting(MAX_FRAME_SIZE, 16384);
			send(Frame.open(1, HeaderBlock.post("/count")), new Frame(Frame.DATA, Frame.END_STREAM, 1, new byte[size]));
			assertThat(client().awaitAnswer(1).body()).isEqualTo(size + " bytes");
		}

		@Test
		void aLargerDataFrameIsAFrameSizeError() throws Exception {
			int size = (int) client().setting(MAX_FRAME_SIZE, 16384) + 1;
			send(Frame.open(1, HeaderBlock.post("/count")), new Frame(Frame.DATA, Frame.END_STREAM, 1, new byte[size]));
			isError(1, Http2Error.FRAME_SIZE_ERROR);
		}

		@Test
		void aLargerHeadersFrameIsAConnectionError() throws Exception {
			int size = (int) client().setting(MAX_FRAME_SIZE, 16384) + 1;
			HeaderBlock block = HeaderBlock.get("/").with("x-long", "x".repeat(size));
			send(Frame.request(1, block));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@Test
		void aLargerFrameIsRefusedBeforeItHasCome() throws Exception {
			client().send(Frame.of(Frame.SETTINGS, 0, 0).bytes(0xffffff));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

	}

	@Nested
	class FieldBlocks {

		@Test
		void aBlockThatCannotBeDecodedIsAConnectionError() throws Exception {
			send(Frame.of(Frame.HEADERS, Frame.END_HEADERS | Frame.END_STREAM, 1, 0x40));
			isConnectionError(Http2Error.COMPRESSION_ERROR);
		}

		@Test
		void trailersThatCannotBeDecodedAreAConnectionError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")),
					Frame.of(Frame.HEADERS, Frame.END_HEADERS | Frame.END_STREAM, 1, 0x40));
			isConnectionError(Http2Error.COMPRESSION_ERROR);
		}

		@Test
		void aPriorityFrameWithinABlockIsAConnectionError() throws Exception {
			send(Frame.headers(1, 0, HeaderBlock.get("/").bytes()), Frame.priority(1, 0, false, 256),
					Frame.continuation(1, Frame.END_HEADERS, HeaderBlock.empty().with("x-dummy", "x").bytes()));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void anotherStreamWithinABlockIsAConnectionError() throws Exception {
			send(Frame.headers(1, 0, HeaderBlock.get("/").bytes()), Frame.request(3, HeaderBlock.get("/")),
					Frame.continuation(1, Frame.END_HEADERS, HeaderBlock.empty().with("x-dummy", "x").bytes()));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aPingWithinABlockIsAConnectionError() throws Exception {
			send(Frame.headers(1, 0, HeaderBlock.get("/").bytes()), Frame.ping(0, 1));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aBlockThatIsRefusedIsStillDecoded() throws Exception {
			HeaderBlock malformed = HeaderBlock.get("/").remembered("x-first", "1").with("Upper", "x");
			send(Frame.request(1, malformed));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
			// The first entry of the dynamic table (RFC 7541 §2.3.3).
			send(Frame.request(3, HeaderBlock.get("/header/x-first").raw(0x80 | 62)));
			assertThat(client().awaitAnswer(3).body()).isEqualTo("1");
		}

	}

}
