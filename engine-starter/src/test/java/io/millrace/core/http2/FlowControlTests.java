package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 §5.2 and §6.9: nobody sends more than the other takes.
 */
class FlowControlTests extends ConformanceTests {

	private static final int INITIAL_WINDOW_SIZE = 4;

	private static final long MAX = 0x7fffffffL;

	@Nested
	class Updates {

		@Test
		void ofTheConnectionAreTaken() throws Exception {
			send(Frame.windowUpdate(0, 1)).assertAlive();
		}

		@Test
		void ofAStreamAreTaken() throws Exception {
			send(Frame.request(1, HeaderBlock.get("/wait")), Frame.windowUpdate(1, 1)).assertAlive();
		}

		@Test
		void byNothingTheConnectionIsAConnectionError() throws Exception {
			send(Frame.windowUpdate(0, 0));
			isConnectionError(Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void byNothingAStreamIsAStreamError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.windowUpdate(1, 0));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@ParameterizedTest
		@ValueSource(ints = { 0, 3, 5 })
		void ofAnotherLengthTheyAreAConnectionError(int length) throws Exception {
			send(new Frame(Frame.WINDOW_UPDATE, 0, 0, new byte[length]));
			isConnectionError(Http2Error.FRAME_SIZE_ERROR);
		}

		@Test
		void ofTheConnectionByTooMuchAreAConnectionError() throws Exception {
			send(Frame.windowUpdate(0, MAX), Frame.windowUpdate(0, MAX));
			isConnectionError(Http2Error.FLOW_CONTROL_ERROR);
		}

		@Test
		void ofAStreamByTooMuchAreAStreamError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.windowUpdate(1, MAX), Frame.windowUpdate(1, MAX));
			isStreamError(1, Http2Error.FLOW_CONTROL_ERROR);
		}

		@Test
		void ofAStreamMayReachTheLargestWindow() throws Exception {
			send(Frame.request(1, HeaderBlock.get("/wait")), Frame.windowUpdate(1, MAX - 65535)).assertAlive();
			send(Frame.windowUpdate(1, 1));
			isStreamError(1, Http2Error.FLOW_CONTROL_ERROR);
		}

	}

	@Nested
	class OfTheServer {

		@Test
		void nothingIsSentBeyondTheWindowOfAStream() throws Exception {
			client().holdWindows();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 1)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/")));
			Frame data = client().awaitFrame(Frame.DATA);
			assertThat(data).hasToString("DATA[stream 1, flags 0, 1 bytes]");
			client().assertAlive();
			assertThat(client().answer(1).body()).isEqualTo("G");
			send(Frame.windowUpdate(1, 100));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("GET /");
		}

		@Test
		void nothingIsSentBeyondTheWindowOfTheConnection() throws Exception {
			client().holdWindows();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 1_000_000)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/big?100000")));
			client().awaitBody(1, 65535).assertNotEnded();
			client().assertAlive();
			assertThat(client().answer(1).length()).isEqualTo(65535);
			// Another stream has nothing either, but its head needs no window.
			send(Frame.request(3, HeaderBlock.get("/")));
			assertThat(client().awaitHead(3).status()).isEqualTo(200);
			client().assertAlive();
			assertThat(client().answer(3).length()).isZero();
			send(Frame.windowUpdate(0, 100_000));
			assertThat(client().awaitAnswer(1).length()).isEqualTo(100_000);
			assertThat(client().awaitAnswer(3).body()).isEqualTo("GET /");
		}

		@Test
		void theLastOfTwoValuesOfASettingCounts() throws Exception {
			send(Frame.settings(INITIAL_WINDOW_SIZE, 100, INITIAL_WINDOW_SIZE, 1)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/")));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(1);
		}

		@Test
		void aLargerInitialWindowHoldsForOpenStreamsToo() throws Exception {
			client().holdWindows();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 0)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/")));
			assertThat(client().awaitHead(1).status()).isEqualTo(200);
			client().assertAlive();
			assertThat(client().answer(1).length()).isZero();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 1));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(1);
		}

		@Test
		void aSmallerInitialWindowMayMakeThatOfAStreamNegative() throws Exception {
			client().holdWindows();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 3)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/")));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(3);
			send(Frame.settings(INITIAL_WINDOW_SIZE, 2)).awaitFrame(Frame.SETTINGS);
			send(Frame.windowUpdate(1, 1)).assertAlive();
			assertThat(client().answer(1).length()).isEqualTo(3);
			send(Frame.windowUpdate(1, 1));
			assertThat(client().awaitFrame(Frame.DATA).payload()).hasSize(1);
		}

		@Test
		void anInitialWindowThatOverflowsThatOfAStreamIsAConnectionError() throws Exception {
			send(Frame.request(1, HeaderBlock.get("/wait")), Frame.windowUpdate(1, 65535),
					Frame.settings(INITIAL_WINDOW_SIZE, MAX));
			isConnectionError(Http2Error.FLOW_CONTROL_ERROR);
		}

		@Test
		void whatCameBeforeAResetIsSentBeforeIt() throws Exception {
			assertThat(get(1, "/broken?10000").length()).isEqualTo(10_000);
			client().assertAlive();
			assertThat(client().answer(1).reset()).isEqualTo(Http2Error.INTERNAL_ERROR);
		}

		@Test
		void aWindowThatOpensAfterAResetIsNotUsed() throws Exception {
			client().holdWindows();
			send(Frame.settings(INITIAL_WINDOW_SIZE, 100)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.get("/broken?10000")), Frame.settings(INITIAL_WINDOW_SIZE, 50_000));
			assertThat(client().awaitAnswer(1).length()).isEqualTo(100);
			client().assertAlive();
			// What was given up is not counted as sent.
			send(Frame.request(3, HeaderBlock.get("/big?50000")));
			assertThat(client().awaitAnswer(3).length()).isEqualTo(50_000);
			send(Frame.request(5, HeaderBlock.get("/big?50000")));
			client().awaitBody(5, 65535 - 100 - 50_000).assertNotEnded();
		}

		@Test
		void anEmptyBodyNeedsNoWindow() throws Exception {
			send(Frame.settings(INITIAL_WINDOW_SIZE, 0)).awaitFrame(Frame.SETTINGS);
			send(Frame.request(1, HeaderBlock.of("HEAD", "/")));
			assertThat(client().awaitAnswer(1).status()).isEqualTo(200);
		}

	}

	@Nested
	class OfTheClient {

		@Test
		void whatIsReadIsGivenBack() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/count")));
			client().upload(1, new byte[1_000_000], true);
			assertThat(client().awaitAnswer(1).body()).isEqualTo("1000000 bytes");
		}

		@Test
		void paddingIsGivenBackToo() throws Exception {
			byte[] padded = new byte[256];
			padded[0] = (byte) 254;
			send(Frame.open(1, HeaderBlock.post("/count")));
			for (int i = 0; i < 1000; i++) {
				client().awaitWindow(1, padded.length);
				send(new Frame(Frame.DATA, Frame.PADDED, 1, padded));
			}
			send(Frame.data(1, Frame.END_STREAM, ""));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("1000 bytes");
		}

		@Test
		void whatIsNotReadIsNotGivenBack() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/wait")));
			int window = (int) Math.min(client().window(1), client().window(0));
			client().upload(1, new byte[window], false).assertAlive();
			assertThat(client().window(1)).isLessThan(window);
		}

		@Test
		void aBodyThatNobodyReadsDoesNotStopOtherStreams() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/wait")));
			client().upload(1, new byte[(int) Math.min(client().window(1), client().window(0))], false).assertAlive();
			send(Frame.open(3, HeaderBlock.post("/count")));
			client().upload(3, new byte[200_000], true);
			assertThat(client().awaitAnswer(3).body()).isEqualTo("200000 bytes");
		}

		@Test
		void moreThanTheWindowOfAStreamIsAnError() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/wait")));
			byte[] piece = new byte[16384];
			long window = client().window(1);
			Frame[] frames = new Frame[(int) (window / piece.length) + 1];
			java.util.Arrays.fill(frames, new Frame(Frame.DATA, 0, 1, piece));
			send(frames);
			isError(1, Http2Error.FLOW_CONTROL_ERROR);
		}

	}

}
