package io.millrace.core.http2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

import io.millrace.core.connection.ConnectionTimeouts;
import io.netty.handler.codec.http2.Http2Error;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that keep a server waiting: it waits for as long as its timeouts say, and then
 * holds nothing for them.
 */
class StalledClientTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final Duration LONG = Duration.ofMinutes(5);

	private static Http2TestServer impatient;

	private static Http2TestServer writing;

	@BeforeAll
	static void start() throws Exception {
		impatient = Http2TestServer.start((config) -> config
			.timeouts(new ConnectionTimeouts(SHORT, SHORT, LONG, SHORT, 0, Duration.ZERO, Duration.ZERO)));
		writing = Http2TestServer.start((config) -> config
			.timeouts(new ConnectionTimeouts(LONG, LONG, SHORT, LONG, 100, SHORT, Duration.ZERO)));
	}

	@AfterAll
	static void stop() {
		impatient.close();
		writing.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 18, 23 })
	void aPartOfAPrefaceAndSilence(int length) throws Exception {
		try (FrameClient client = FrameClient.open(impatient.port())) {
			client.send(Arrays.copyOf(FrameClient.PREFACE, length));
			client.in().readAllBytes();
		}
	}

	@Test
	void aPrefaceAndSilence() throws Exception {
		try (FrameClient client = FrameClient.open(impatient.port())) {
			client.send(FrameClient.PREFACE).assertClosed();
		}
	}

	@Test
	void settingsAndSilence() throws Exception {
		try (FrameClient client = impatient.connect()) {
			Frame goAway = client.awaitFrame(Frame.GOAWAY);
			assertThat(goAway.error()).isEqualTo(Http2Error.NO_ERROR);
			client.assertClosed();
		}
	}

	@Test
	void anAnswerAndSilence() throws Exception {
		try (FrameClient client = impatient.connect()) {
			assertThat(client.get(1, "/").status()).isEqualTo(200);
			Frame goAway = client.awaitFrame(Frame.GOAWAY);
			assertThat(goAway.error()).isEqualTo(Http2Error.NO_ERROR);
			client.assertClosed();
		}
	}

	@Test
	void nothingButPings() throws Exception {
		try (FrameClient client = impatient.connect()) {
			Thread pinging = new Thread(() -> {
				try {
					while (!Thread.currentThread().isInterrupted()) {
						client.send(Frame.ping(0, 1));
						Thread.sleep(20);
					}
				}
				catch (IOException | InterruptedException ex) {
					// Closed, as it should be.
				}
			});
			pinging.start();
			try {
				client.awaitFrame(Frame.GOAWAY);
			}
			finally {
				pinging.interrupt();
				pinging.join();
			}
		}
	}

	@Test
	void halfAHeadAndSilence() throws Exception {
		try (FrameClient client = impatient.connect()) {
			client.send(Frame.headers(1, Frame.END_STREAM, HeaderBlock.get("/").bytes())).assertClosed();
		}
	}

	@Test
	void halfAFrameAndSilence() throws Exception {
		try (FrameClient client = impatient.connect()) {
			byte[] frame = Frame.request(1, HeaderBlock.get("/")).bytes();
			client.send(Arrays.copyOf(frame, frame.length - 1)).assertClosed();
		}
	}

	@Test
	void halfABodyAndSilence() throws Exception {
		try (FrameClient client = writing.connect()) {
			int timeouts = writing.count("timeout.body");
			client.send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "half"));
			Answer answer = client.awaitAnswer(1);
			assertThat(answer.status()).as("%s", answer).isEqualTo(408);
			writing.await("timeout.body", timeouts + 1);
			client.assertAlive();
			writing.awaitNothingInFlight();
		}
	}

	@Test
	void aWindowOfAStreamThatNeverOpens() throws Exception {
		try (FrameClient client = writing.connect()) {
			int timeouts = writing.count("timeout.write");
			client.send(Frame.settings(4, 0)).awaitFrame(Frame.SETTINGS);
			client.send(Frame.request(1, HeaderBlock.get("/big?1000")));
			Answer answer = client.awaitAnswer(1);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.reset()).isNotNull();
			// What needs no window is answered all the same.
			client.send(Frame.request(3, HeaderBlock.of("HEAD", "/")));
			assertThat(client.awaitAnswer(3).status()).isEqualTo(200);
			writing.await("timeout.write", timeouts + 1);
			writing.awaitNothingInFlight();
		}
	}

	@Test
	void aWindowOfTheConnectionThatNeverOpens() throws Exception {
		try (FrameClient client = writing.connect()) {
			client.holdWindows();
			client.send(Frame.settings(4, 1_000_000)).awaitFrame(Frame.SETTINGS);
			client.send(Frame.request(1, HeaderBlock.get("/endless")));
			Answer answer = client.awaitAnswer(1);
			assertThat(answer.length()).isEqualTo(65535);
			assertThat(answer.reset()).isNotNull();
			writing.awaitNothingInFlight();
		}
	}

	@Test
	void aClientThatDoesNotReadItsSocket() throws Exception {
		int timeouts = writing.count("timeout.write");
		try (FrameClient client = writing.connect()) {
			client.send(Frame.settings(4, 0x7fffffff), Frame.windowUpdate(0, 0x7fff0000),
					Frame.request(1, HeaderBlock.get("/endless")), Frame.request(3, HeaderBlock.get("/endless")));
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(writing.count("timeout.write")).isGreaterThan(timeouts));
			writing.awaitNothingInFlight();
			writing.awaitAllClosed();
		}
	}

	@Test
	void aClientThatDoesNotReadItsSocketAndAsksOnAndOn() throws Exception {
		int timeouts = writing.count("timeout.write");
		int handled = writing.handled().size();
		int most = 12_000;
		// Answers that no window holds up, nor the number of streams.
		byte[] block = HeaderBlock.of("HEAD", "/echo-fields?x-large").with("x-large", "Z".repeat(2000)).bytes();
		try (Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), writing.port()));
			FrameClient client = new FrameClient(socket).handshake(1, 0);
			try {
				for (int i = 0; i < most; i++) {
					client.send(Frame.headers(1 + 2 * i, 5, block), Frame.ping(0, i));
				}
			}
			catch (IOException ex) {
				// Closed in the middle of it.
			}
			writing.awaitAllClosed();
		}
		writing.awaitNothingInFlight();
		assertThat(writing.count("timeout.write")).isGreaterThan(timeouts);
		assertThat(writing.handled().size() - handled).isLessThan(most / 2);
	}

	@Test
	void aClientThatDoesNotReadItsSocketAndAsksNowAndThen() throws Exception {
		try (FrameClient client = writing.connect()) {
			client.send(Frame.settings(4, 0x7fffffff), Frame.windowUpdate(0, 0x7fff0000),
					Frame.request(1, HeaderBlock.get("/endless")));
			// What is written meanwhile is nothing that it has taken.
			byte[] block = HeaderBlock.of("HEAD", "/").bytes();
			try {
				for (int i = 1; i < 1000 && writing.count("closed") < writing.count("opened"); i++) {
					client.send(Frame.headers(1 + 2 * i, 5, block));
					Thread.sleep(20);
				}
			}
			catch (IOException ex) {
				// Closed, as it should be.
			}
			assertThat(writing.count("closed")).isEqualTo(writing.count("opened"));
			writing.awaitNothingInFlight();
		}
	}

	@Test
	void aClientThatReadsAtLastIsAnsweredWhatItHasAsked() throws Exception {
		int most = 4000;
		byte[] block = HeaderBlock.of("HEAD", "/echo-fields?x-large").with("x-large", "Z".repeat(2000)).bytes();
		try (Http2TestServer patient = Http2TestServer.start(); Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), patient.port()));
			FrameClient client = new FrameClient(socket).handshake(1, 0);
			Thread asking = new Thread(() -> {
				try {
					for (int i = 0; i < most; i++) {
						client.send(Frame.headers(1 + 2 * i, 5, block));
					}
				}
				catch (IOException ex) {
					// The answers are waited for in vain.
				}
			});
			asking.start();
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> asking.getState() == Thread.State.TERMINATED || patient.handled().size() > 1000);
			assertThat(client.awaitAnswer(1 + 2 * (most - 1)).status()).isEqualTo(200);
			asking.join();
		}
	}

	@Test
	void nothingIsAwaitedOnAStreamWhoseResetIsNotReadYet() throws Exception {
		try (Http2TestServer patient = Http2TestServer.start(
				(config) -> config.timeouts(new ConnectionTimeouts(LONG, LONG, LONG, LONG, 100, SHORT, Duration.ZERO)));
				FrameClient client = patient.connect()) {
			client.send(Frame.settings(4, 0x7fffffff), Frame.windowUpdate(0, 0x7fff0000),
					Frame.open(1, HeaderBlock.post("/breaking?" + SHORT.dividedBy(2).toMillis())),
					Frame.open(3, HeaderBlock.post("/")), Frame.data(3, 0, "half"));
			// The time of the first one is over before that of the second.
			patient.await("error.timeout", 1);
			assertThat(patient.count("timeout.body")).isOne();
			assertThat(patient.count("aborted")).isOne();
		}
	}

	@Test
	void aClientThatReadsSlowlyIsServed() throws Exception {
		try (FrameClient client = writing.connect()) {
			client.holdWindows();
			client.send(Frame.settings(4, 0)).awaitFrame(Frame.SETTINGS);
			client.send(Frame.request(1, HeaderBlock.get("/big?20")));
			client.awaitHead(1);
			for (int i = 1; i <= 20; i++) {
				// Longer than the timeout all together, shorter each.
				Thread.sleep(30);
				client.send(Frame.windowUpdate(1, 1)).awaitBody(1, i);
			}
			assertThat(client.awaitAnswer(1).isEnded()).isTrue();
		}
	}

	@Test
	void aResponseThatPausesIsNotHeldAgainstItsClient() throws Exception {
		try (FrameClient client = writing.connect()) {
			int timeouts = writing.count("timeout.write");
			Answer answer = client.get(1, "/pausing?" + SHORT.multipliedBy(3).toMillis());
			assertThat(answer.body()).isEqualTo("beforeafter");
			assertThat(writing.count("timeout.write")).isEqualTo(timeouts);
		}
	}

	@Test
	void aResponseThatIsNotTakenAfterAPauseIsReset() throws Exception {
		try (FrameClient client = writing.connect()) {
			int timeouts = writing.count("timeout.write");
			client.holdWindows();
			client.send(Frame.settings(4, 8)).awaitFrame(Frame.SETTINGS);
			Answer answer = client.get(1, "/pausing?" + SHORT.multipliedBy(2).toMillis());
			assertThat(answer.body()).isEqualTo("beforeaf");
			assertThat(answer.reset()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
			writing.await("timeout.write", timeouts + 1);
			writing.awaitNothingInFlight();
		}
	}

	@Test
	void aClientThatClosesItsSideIsAnsweredAndLetGo() throws Exception {
		try (FrameClient client = impatient.connect()) {
			client.send(Frame.request(1, HeaderBlock.get("/big?50000")));
			client.socket().shutdownOutput();
			client.holdWindows();
			assertThat(client.awaitAnswer(1).length()).isEqualTo(50_000);
			client.assertClosed();
		}
	}

	@Test
	void aClientThatGoesAwayTakesItsRequestsAlong() throws Exception {
		int aborted = writing.count("clientAborted");
		try (FrameClient client = writing.connect()) {
			client.send(Frame.request(1, HeaderBlock.get("/wait")), Frame.open(3, HeaderBlock.post("/")),
					Frame.data(3, 0, "half"), Frame.request(5, HeaderBlock.get("/endless")));
			client.assertAlive();
		}
		writing.awaitNothingInFlight();
		writing.awaitAllClosed();
		assertThat(writing.count("clientAborted")).isGreaterThan(aborted);
	}

}
