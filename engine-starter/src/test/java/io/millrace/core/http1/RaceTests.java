package io.millrace.core.http1;

import java.io.EOFException;
import java.util.concurrent.ThreadLocalRandom;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the loop and a worker do to one exchange at the same time, again and again.
 */
class RaceTests {

	private static final int ROUNDS = 500;

	private static void spin() {
		long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(300_000);
		while (System.nanoTime() < until) {
			Thread.onSpinWait();
		}
	}

	private static void answer(Exchange exchange) {
		for (int i = 0; i < 20; i++) {
			exchange.response().headers().set("X-" + i, "value");
		}
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "hello"), true);
	}

	@Test
	void aRefusalAndAResponseNeverMix() throws Exception {
		int refused = 0;
		try (TestServer server = TestServer.start(TestServer.blocking((exchange) -> {
			exchange.requestBody().demand(() -> {
			});
			spin();
			answer(exchange);
		}))) {
			for (int round = 0; round < ROUNDS; round++) {
				try (RawClient client = server.connect()) {
					client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
					spin();
					client.send("zzz\r\n");
					RawClient.Response response = client.receive();
					if (response.status() == 400) {
						refused++;
						assertThat(response.headers()).doesNotContainKey("x-0");
					}
					else {
						assertThat(response.status()).isEqualTo(200);
						assertThat(response.body()).isEqualTo("hello");
						assertThat(response.headers()).containsKeys("x-0", "x-19");
					}
					assertThat(client.readAll()).isEmpty();
				}
			}
			assertThat(refused).isPositive();
		}
	}

	@Test
	void aFailureOfAnotherThreadAndAResponseNeverMix() throws Exception {
		try (TestServer server = TestServer.start(TestServer.blocking((exchange) -> {
			Thread other = new Thread(() -> {
				spin();
				exchange.fail(new IllegalStateException("of the test"));
			});
			other.start();
			spin();
			answer(exchange);
			other.join();
		}))) {
			int whole = 0;
			for (int round = 0; round < ROUNDS; round++) {
				try (RawClient client = server.connect()) {
					RawClient.Response response = client.get("/").receive();
					assertUnmixed(response);
					whole++;
				}
				catch (EOFException ex) {
					// The failure came between commit and write: the response is cut.
				}
			}
			assertThat(whole).isGreaterThan(ROUNDS / 2);
		}
	}

	private static void assertUnmixed(RawClient.Response response) {
		if (response.status() == 500) {
			assertThat(response.headers()).doesNotContainKey("x-0");
			assertThat(response.body()).startsWith("500 ");
		}
		else {
			assertThat(response.body()).isEqualTo("hello");
			assertThat(response.headers()).containsKeys("x-0", "x-19");
		}
	}

	@Test
	void aClientThatGoesAwayAtAnyMomentHarmsNobody() throws Exception {
		try (TestServer server = TestServer.start(TestServer.blocking((exchange) -> {
			spin();
			for (int i = 0; i < 5; i++) {
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "part"), false);
			}
			exchange.responseBody().write(null, true);
		}))) {
			for (int round = 0; round < ROUNDS; round++) {
				RawClient client = server.connect();
				client.get("/");
				spin();
				client.socket().setSoLinger(true, 0);
				client.close();
			}
			server.awaitAllClosed();
			server.assertServes();
		}
	}

}
