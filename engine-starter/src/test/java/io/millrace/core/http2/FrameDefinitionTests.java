package io.millrace.core.http2;

import java.nio.ByteBuffer;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 §6.1 to §6.8, §6.10 and §7: each type of frame, and what is wrong with it.
 */
class FrameDefinitionTests extends ConformanceTests {

	private static final Frame WAITING = Frame.request(1, HeaderBlock.get("/wait"));

	@Nested
	class Data {

		@Test
		void oneIsABody() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, Frame.END_STREAM, "test"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void manyAreOneBody() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "one "), Frame.data(1, 0, "two "),
					Frame.data(1, 0, ""), Frame.data(1, Frame.END_STREAM, "three"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / one two three");
		}

		@Test
		void theLastMayBeEmpty() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"), Frame.data(1, Frame.END_STREAM, ""));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void paddingIsNoBody() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("content-length", "4")),
					Frame.data(1, Frame.END_STREAM | Frame.PADDED, "\6testpadded"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void aFrameMayBeNothingButPadding() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, Frame.PADDED, "\3pad"),
					Frame.data(1, Frame.END_STREAM | Frame.PADDED, "\0test"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void onTheConnectionItIsAConnectionError() throws Exception {
			send(Frame.data(0, Frame.END_STREAM, "test"));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void morePaddingThanThereIsRoomIsAConnectionError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("content-length", "4")),
					Frame.data(1, Frame.END_STREAM | Frame.PADDED, "\6Test"));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void paddingAsLongAsTheFrameIsAConnectionError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, Frame.END_STREAM | Frame.PADDED, "\5Test"));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aPaddedFrameWithoutALengthOfThePaddingIsAnError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.of(Frame.DATA, Frame.PADDED, 1));
			isError(1, Http2Error.FRAME_SIZE_ERROR, Http2Error.PROTOCOL_ERROR);
		}

	}

	@Nested
	class Headers {

		@Test
		void paddingIsIgnored() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(1 + block.length + 8).put((byte) 8).put(block).array();
			send(Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM | Frame.PADDED, payload));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void priorityIsIgnored() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(5 + block.length)
				.put(Frame.priorityFields(0, true, 256))
				.put(block)
				.array();
			send(Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM | Frame.PRIORITIZED, payload));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void paddingAndPriorityMayComeTogether() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(6 + block.length + 255)
				.put((byte) 255)
				.put(Frame.priorityFields(9, false, 1))
				.put(block)
				.array();
			send(Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM | Frame.PRIORITIZED | Frame.PADDED, payload));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void onTheConnectionTheyAreAConnectionError() throws Exception {
			send(Frame.request(0, HeaderBlock.get("/")));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void morePaddingThanThereIsRoomIsAConnectionError() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(1 + block.length).put((byte) (block.length + 1)).put(block).array();
			send(Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM | Frame.PADDED, payload));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void priorityThatDoesNotFitIsAConnectionError() throws Exception {
			send(Frame.of(Frame.HEADERS, Frame.END_HEADERS | Frame.END_STREAM | Frame.PRIORITIZED, 1, 0, 0));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR, Http2Error.PROTOCOL_ERROR);
		}

	}

	@Nested
	class Priority {

		@ParameterizedTest
		@CsvSource({ "1, 0, false, 1", "1, 0, false, 256", "3, 1, false, 1", "1, 0, true, 1", "3, 0, false, 256" })
		void isTakenBeforeARequest(int stream, int dependency, boolean exclusive, int weight) throws Exception {
			send(Frame.priority(stream, dependency, exclusive, weight));
			assertThat(get(1, "/").body()).isEqualTo("GET /");
		}

		@Test
		void onTheConnectionItIsAConnectionError() throws Exception {
			send(Frame.priority(0, 0, false, 256));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void ofAnotherLengthItIsAStreamError() throws Exception {
			send(WAITING, Frame.of(Frame.PRIORITY, 0, 1, 0x80, 0, 0, 1));
			isError(1, Http2Error.FRAME_SIZE_ERROR);
		}

	}

	@Nested
	class Reset {

		@Test
		void ofAnOpenStreamIsTaken() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
			server().awaitNothingInFlight();
			assertThat(get(3, "/").body()).isEqualTo("GET /");
		}

		@Test
		void mayHaveACodeThatNobodyKnows() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.reset(1, 0xff)).assertAlive();
			server().awaitNothingInFlight();
		}

		@Test
		void ofTheConnectionIsAConnectionError() throws Exception {
			send(Frame.reset(0, Http2Error.CANCEL.code()));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void ofAnotherLengthIsAConnectionError() throws Exception {
			send(WAITING, Frame.of(Frame.RST_STREAM, 0, 1, 0, 0, 0));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

	}

	@Nested
	class Settings {

		@Test
		void allThatTheRfcDefinesAreTaken() throws Exception {
			send(Frame.settings(1, 4096, 2, 1, 3, 100, 4, 65535, 5, 16384, 6, 100));
			assertThat(client().awaitFrame(Frame.SETTINGS).flags()).isEqualTo(Frame.ACK);
		}

		@Test
		void eachIsAcknowledged() throws Exception {
			send(Frame.settings(2, 0), Frame.settings());
			assertThat(client().awaitFrame(Frame.SETTINGS)).hasToString("SETTINGS[stream 0, flags 1, 0 bytes]");
			assertThat(client().awaitFrame(Frame.SETTINGS)).hasToString("SETTINGS[stream 0, flags 1, 0 bytes]");
		}

		@Test
		void unknownOnesAreIgnored() throws Exception {
			send(Frame.settings(0xff, 1, 0, 7, 0xf0f0, 0xffffffffL)).assertAlive();
		}

		@Test
		void anAcknowledgementOfNothingIsIgnored() throws Exception {
			send(Frame.settingsAck()).assertAlive();
		}

		@Test
		void anAcknowledgementWithContentIsAConnectionError() throws Exception {
			send(Frame.of(Frame.SETTINGS, Frame.ACK, 0, 0));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@Test
		void onAStreamTheyAreAConnectionError() throws Exception {
			send(Frame.of(Frame.SETTINGS, 0, 1, 0, 3, 0, 0, 0, 0x64));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@ParameterizedTest
		@ValueSource(ints = { 1, 5, 8, 9 })
		void ofNoWholeLengthTheyAreAConnectionError(int length) throws Exception {
			send(new Frame(Frame.SETTINGS, 0, 0, new byte[length]));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@ParameterizedTest
		@CsvSource({ "2, 2", "2, 4294967295", "5, 16383", "5, 0", "5, 16777216" })
		void valuesThatCannotBeAreAConnectionError(int identifier, long value) throws Exception {
			send(Frame.settings(identifier, value));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@ParameterizedTest
		@ValueSource(longs = { 0x80000000L, 0xffffffffL })
		void aWindowThatCannotBeIsAConnectionError(long window) throws Exception {
			send(Frame.settings(4, window));
			isConnectionError(Http2Error.FLOW_CONTROL_ERROR);
		}

		@Test
		void framesOfTheServerAreAsLargeAsTheClientTakes() throws Exception {
			send(Frame.settings(4, 1_000_000, 5, 16384), Frame.windowUpdate(0, 1_000_000));
			send(Frame.request(1, HeaderBlock.get("/big?100000")));
			while (!client().answer(1).isOver()) {
				assertThat(client().read().payload()).hasSizeLessThanOrEqualTo(16384);
			}
			assertThat(client().answer(1).length()).isEqualTo(100_000);
		}

		@Test
		void aClientMayDoWithoutADynamicTable() throws Exception {
			send(Frame.settings(1, 0)).awaitFrame(Frame.SETTINGS);
			for (int stream = 1; stream < 9; stream += 2) {
				assertThat(get(stream, "/").body()).isEqualTo("GET /");
			}
		}

	}

	@Nested
	class Push {

		@Test
		void aClientCannotPush() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(4 + block.length).putInt(3).put(block).array();
			send(new Frame(Frame.PUSH_PROMISE, Frame.END_HEADERS, 1, payload));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aClientCannotPushOnAnOpenStream() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = ByteBuffer.allocate(4 + block.length).putInt(2).put(block).array();
			send(WAITING, new Frame(Frame.PUSH_PROMISE, Frame.END_HEADERS, 1, payload));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

	}

	@Nested
	class Ping {

		@Test
		void isAnsweredWithTheSameContent() throws Exception {
			send(Frame.ping(0, 0x6d696c6c72616365L));
			Frame pong = client().awaitFrame(Frame.PING);
			assertThat(pong.flags()).isEqualTo(Frame.ACK);
			assertThat(new String(pong.payload())).isEqualTo("millrace");
		}

		@Test
		void anAnswerIsNotAnswered() throws Exception {
			send(Frame.ping(Frame.ACK, 1), Frame.ping(0, 2));
			assertThat(ByteBuffer.wrap(client().awaitFrame(Frame.PING).payload()).getLong()).isEqualTo(2);
		}

		@Test
		void onAStreamItIsAConnectionError() throws Exception {
			send(new Frame(Frame.PING, 0, 1, new byte[8]));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@ParameterizedTest
		@ValueSource(ints = { 0, 6, 9 })
		void ofAnotherLengthItIsAConnectionError(int length) throws Exception {
			send(new Frame(Frame.PING, 0, 0, new byte[length]));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@Test
		void isAnsweredWhileRequestsAreUnderWay() throws Exception {
			send(WAITING).assertAlive();
		}

	}

	@Nested
	class GoAway {

		@ParameterizedTest
		@ValueSource(longs = { 0, 0xff })
		void ofTheClientEndsAConnectionWithoutStreams(long code) throws Exception {
			send(Frame.goAway(0, code));
			client().assertClosed();
		}

		@Test
		void ofTheClientLetsItsRequestsBeAnswered() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.goAway(0, 0));
			send(Frame.data(1, Frame.END_STREAM, "after it"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / after it");
			client().assertClosed();
		}

		@Test
		void onAStreamItIsAConnectionError() throws Exception {
			send(new Frame(Frame.GOAWAY, 0, 1, new byte[8]));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void thatIsTooShortIsAConnectionError() throws Exception {
			send(new Frame(Frame.GOAWAY, 0, 0, new byte[7]));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

	}

	@Nested
	class Continuation {

		private final byte[] more = HeaderBlock.empty().with("x-dummy", "x").bytes();

		@Test
		void aHeadMayComeInTwoPieces() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			send(Frame.headers(1, Frame.END_STREAM, java.util.Arrays.copyOf(block, 5)),
					Frame.continuation(1, Frame.END_HEADERS, java.util.Arrays.copyOfRange(block, 5, block.length)));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void aHeadMayComeInManyPieces() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			send(Frame.headers(1, Frame.END_STREAM, new byte[0]));
			for (int i = 0; i < block.length; i += 16) {
				send(Frame.continuation(1, 0, java.util.Arrays.copyOfRange(block, i, Math.min(i + 16, block.length))));
			}
			send(Frame.continuation(1, Frame.END_HEADERS, new byte[0]));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void aHeadMayBeFollowedByAsMuchAsTheServerTakes() throws Exception {
			byte[] dummy = HeaderBlock.empty().remembered("x-dummy0", "x".repeat(4000)).bytes();
			send(Frame.headers(1, Frame.END_STREAM, HeaderBlock.get("/").bytes()), Frame.continuation(1, 0, dummy),
					Frame.continuation(1, Frame.END_HEADERS, HeaderBlock.empty().raw(0x80 | 62).bytes()));
			// Which is what SETTINGS_MAX_HEADER_LIST_SIZE has said, or a little less than
			// this.
			assertThat(client().awaitAnswer(1).status()).isIn(200, 431);
			if (client().answer(1).status() == 431) {
				isRefused();
			}
		}

		@Test
		void followedByAnotherFrameItIsAConnectionError() throws Exception {
			send(Frame.headers(1, 0, HeaderBlock.post("/").bytes()), Frame.continuation(1, 0, this.more),
					Frame.data(1, Frame.END_STREAM, "test"));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void onTheConnectionItIsAConnectionError() throws Exception {
			send(Frame.headers(1, Frame.END_STREAM, HeaderBlock.get("/").bytes()),
					Frame.continuation(0, Frame.END_HEADERS, this.more));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void afterAWholeHeadItIsAConnectionError() throws Exception {
			send(Frame.request(1, HeaderBlock.get("/wait")), Frame.continuation(1, Frame.END_HEADERS, this.more));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void afterTheLastOfAHeadItIsAConnectionError() throws Exception {
			send(Frame.headers(1, Frame.END_STREAM, HeaderBlock.get("/wait").bytes()),
					Frame.continuation(1, Frame.END_HEADERS, this.more),
					Frame.continuation(1, Frame.END_HEADERS, this.more));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void afterDataItIsAConnectionError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"),
					Frame.continuation(1, Frame.END_HEADERS, this.more));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

	}

}
