package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 §5: the states of a stream, and what is sent in the wrong one.
 */
class StreamStateTests extends ConformanceTests {

	private static final Frame TEST_DATA = Frame.data(1, Frame.END_STREAM, "test");

	private static final Frame REQUEST = Frame.request(1, HeaderBlock.get("/"));

	/** Is never answered. */
	private static final Frame WAITING = Frame.request(1, HeaderBlock.get("/wait"));

	private static final Frame CONTINUATION = Frame.continuation(1, Frame.END_HEADERS,
			HeaderBlock.empty().with("x-dummy", "x").bytes());

	@Nested
	class Idle {

		@Test
		void dataIsAConnectionError() throws Exception {
			send(TEST_DATA);
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void resetIsAConnectionError() throws Exception {
			send(Frame.reset(1, Http2Error.CANCEL.code()));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void windowUpdateIsAConnectionError() throws Exception {
			send(Frame.windowUpdate(1, 100));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void continuationIsAConnectionError() throws Exception {
			send(Frame.continuation(1, Frame.END_HEADERS, HeaderBlock.get("/").bytes()));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aStreamOfTheServerIsIdleForEver() throws Exception {
			send(Frame.windowUpdate(2, 100));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void priorityIsIgnored() throws Exception {
			send(Frame.priority(1, 0, false, 256)).assertAlive();
		}

	}

	@Nested
	class HalfClosedByTheClient {

		@Test
		void dataIsAStreamError() throws Exception {
			send(WAITING, TEST_DATA);
			isStreamError(1, Http2Error.STREAM_CLOSED);
		}

		@Test
		void headersAreAStreamError() throws Exception {
			send(WAITING, REQUEST);
			isStreamError(1, Http2Error.STREAM_CLOSED);
		}

		@Test
		void continuationIsAConnectionError() throws Exception {
			send(WAITING, CONTINUATION);
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void windowUpdateIsTaken() throws Exception {
			send(Frame.settings(4, 0), REQUEST, Frame.windowUpdate(1, 1));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(1);
		}

		@Test
		void priorityIsIgnored() throws Exception {
			send(Frame.settings(4, 0), REQUEST, Frame.priority(1, 0, false, 256), Frame.windowUpdate(1, 1));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(1);
		}

		@Test
		void resetIsTaken() throws Exception {
			send(WAITING, Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
			assertThat(get(3, "/").status()).isEqualTo(200);
		}

	}

	@Nested
	class ClosedByReset {

		@Test
		void dataIsAnError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.reset(1, Http2Error.CANCEL.code()), TEST_DATA);
			isError(1, Http2Error.STREAM_CLOSED);
		}

		@Test
		void headersAreAnError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.reset(1, Http2Error.CANCEL.code()), REQUEST);
			isError(1, Http2Error.STREAM_CLOSED);
		}

		@Test
		void continuationIsAConnectionError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.reset(1, Http2Error.CANCEL.code()), CONTINUATION);
			isConnectionError(Http2Error.PROTOCOL_ERROR, Http2Error.STREAM_CLOSED);
		}

		@Test
		void windowUpdatesAndResetsThatCameLateAreIgnored() throws Exception {
			send(WAITING, Frame.reset(1, Http2Error.CANCEL.code()), Frame.windowUpdate(1, 10),
					Frame.reset(1, Http2Error.CANCEL.code()))
				.assertAlive();
		}

	}

	@Nested
	class ClosedByBothSides {

		@Test
		void dataIsAnError() throws Exception {
			get(1, "/");
			send(TEST_DATA);
			isError(1, Http2Error.STREAM_CLOSED);
		}

		@Test
		void headersAreAConnectionError() throws Exception {
			get(1, "/");
			send(REQUEST);
			isConnectionError(Http2Error.STREAM_CLOSED);
		}

		@Test
		void continuationIsAConnectionError() throws Exception {
			get(1, "/");
			send(CONTINUATION);
			isConnectionError(Http2Error.PROTOCOL_ERROR, Http2Error.STREAM_CLOSED);
		}

		@Test
		void windowUpdatesAndResetsAreIgnored() throws Exception {
			get(1, "/");
			send(Frame.windowUpdate(1, 10), Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		}

		@Test
		void priorityIsIgnored() throws Exception {
			get(1, "/");
			send(Frame.priority(1, 0, false, 256)).assertAlive();
		}

	}

	@Nested
	class ResetByTheServer {

		@Test
		void whatTheClientHadSentByThenIsIgnored() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("Upper", "x")), Frame.data(1, 0, "test"),
					Frame.windowUpdate(1, 10), Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM,
							HeaderBlock.empty().remembered("x-trailer", "remembered").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
			send(Frame.request(3, HeaderBlock.get("/header/x-trailer").raw(0x80 | 62)));
			assertThat(client().awaitAnswer(3).body()).isEqualTo("remembered");
		}

		@Test
		void whatTheClientHadSentByThenIsGivenBackToTheWindow() throws Exception {
			byte[] piece = new byte[16384];
			for (int stream = 1; stream < 41; stream += 2) {
				send(Frame.open(stream, HeaderBlock.post("/").with("content-length", "1")));
				client().awaitWindow(stream, piece.length);
				send(new Frame(Frame.DATA, 0, stream, piece));
				isStreamError(stream, Http2Error.PROTOCOL_ERROR);
			}
			send(Frame.open(41, HeaderBlock.post("/count")));
			client().upload(41, piece, true);
			assertThat(client().awaitAnswer(41).body()).isEqualTo("16384 bytes");
		}

	}

	@Nested
	class Identifiers {

		@Test
		void anEvenOneIsAConnectionError() throws Exception {
			send(Frame.request(2, HeaderBlock.get("/")));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aSmallerOneThanThatBeforeIsAConnectionError() throws Exception {
			send(Frame.request(5, HeaderBlock.get("/wait")), Frame.request(3, HeaderBlock.get("/")));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aSmallerOneThanOneThatIsOverIsAConnectionError() throws Exception {
			get(5, "/");
			send(Frame.request(3, HeaderBlock.get("/")));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void goAwayNamesTheLastThatWasTaken() throws Exception {
			get(7, "/");
			send(Frame.request(2, HeaderBlock.get("/")));
			isRefused();
			assertThat(client().assertConnectionError(Http2Error.PROTOCOL_ERROR).lastStream()).isEqualTo(7);
		}

	}

	@Nested
	class Concurrency {

		@Test
		void moreStreamsThanWereAllowedAreRefused() throws Exception {
			int allowed = (int) client().setting(3, 0);
			for (int i = 0; i < allowed; i++) {
				send(Frame.request(1 + 2 * i, HeaderBlock.get("/wait")));
			}
			client().assertAlive();
			int next = 1 + 2 * allowed;
			send(Frame.request(next, HeaderBlock.get("/").remembered("x-refused", "decoded")));
			isStreamError(next, Http2Error.REFUSED_STREAM);
			send(Frame.reset(1, Http2Error.CANCEL.code()));
			send(Frame.request(next + 2, HeaderBlock.get("/header/x-refused").raw(0x80 | 62)));
			assertThat(client().awaitAnswer(next + 2).body()).isEqualTo("decoded");
		}

	}

	@Nested
	class Dependencies {

		@Test
		void headersThatDependOnTheirOwnStreamAreAnError() throws Exception {
			byte[] block = HeaderBlock.get("/").bytes();
			byte[] payload = new byte[5 + block.length];
			System.arraycopy(Frame.priorityFields(1, false, 256), 0, payload, 0, 5);
			System.arraycopy(block, 0, payload, 5, block.length);
			send(Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM | Frame.PRIORITIZED, payload));
			isError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void priorityThatDependsOnItsOwnStreamIsAnError() throws Exception {
			send(Frame.priority(1, 1, false, 256));
			isError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void priorityThatDependsOnItsOwnOpenStreamIsAStreamError() throws Exception {
			send(WAITING, Frame.priority(1, 1, false, 256));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

	}

	@Nested
	class Errors {

		@Test
		void aConnectionErrorSaysGoAwayAndClosesTheConnection() throws Exception {
			get(1, "/");
			send(new Frame(Frame.PING, 0, 3, new byte[8]));
			isRefused();
			Frame goAway = client().assertConnectionError(Http2Error.PROTOCOL_ERROR);
			assertThat(goAway.lastStream()).isEqualTo(1);
			assertThat(goAway.stream()).isZero();
		}

		@Test
		void aConnectionErrorIsToldAlthoughMoreHasCome() throws Exception {
			Frame[] frames = new Frame[200];
			java.util.Arrays.fill(frames, Frame.ping(0, 1));
			frames[0] = new Frame(Frame.PING, 0, 3, new byte[8]);
			send(frames);
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void streamsThatAreUnderWayEndWithTheirConnection() throws Exception {
			send(WAITING, Frame.open(3, HeaderBlock.post("/")), Frame.data(3, 0, "half a body"));
			client().assertAlive();
			send(new Frame(Frame.PING, 0, 3, new byte[8]));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
			server().awaitNothingInFlight();
		}

	}

}
