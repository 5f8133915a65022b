package io.millrace.boot.autoconfigure.metrics;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.autoconfigure.metrics.MeterApplication.Gate;
import io.millrace.boot.metrics.MillraceMeters;
import io.millrace.core.RawClient;
import io.millrace.core.observe.EngineSnapshot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.millrace.boot.autoconfigure.metrics.MeterApplication.value;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients have sent and received, what the engine has counted and what the meters
 * show is the same.
 */
@Timeout(120)
class MeterAgreementTests {

	private static final String[] PATHS = { "/hello", "/hello", "/missing", "/broken", "/hello" };

	/** What clients have seen, by the class of the status. */
	private final Map<String, Integer> seen = new TreeMap<>();

	private synchronized void sawStatus(int status) {
		this.seen.merge(status / 100 + "xx", 1, Integer::sum);
	}

	private int requests() {
		return this.seen.values().stream().mapToInt(Integer::intValue).sum();
	}

	private void sendMany(TestServer server, int clients, int each) throws Exception {
		List<Throwable> failures = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			Thread thread = new Thread(() -> {
				try (RawClient client = new RawClient(new Socket("localhost", server.port()))) {
					for (int j = 0; j < each; j++) {
						sawStatus(client.get(PATHS[j % PATHS.length]).receive().status());
					}
				}
				catch (Throwable ex) {
					synchronized (failures) {
						failures.add(ex);
					}
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
	}

	private void checkThatAllAgree(TestServer server, int notHandled) {
		Awaitility.await().untilAsserted(() -> {
			EngineSnapshot snapshot = server.millrace().getEngine().snapshot();
			assertThat(snapshot.requests().started()).isEqualTo(requests());
			assertThat(snapshot.requests().completed()).isEqualTo(requests());
			assertThat(snapshot.requests().inFlight()).isZero();
			this.seen.forEach(
					(status, count) -> assertThat(snapshot.requests().byStatus()).containsEntry(status, (long) count));
			assertThat(value(server, MillraceMeters.REQUESTS_STARTED)).isEqualTo(requests());
			assertThat(value(server, MillraceMeters.REQUESTS_COMPLETED)).isEqualTo(requests());
			this.seen.forEach(
					(status, count) -> assertThat(value(server, MillraceMeters.REQUESTS_COMPLETED, "status", status))
						.isEqualTo(count.doubleValue()));
			assertThat(value(server, MillraceMeters.SERVICE_TIME)).isEqualTo(requests() - notHandled);
			assertThat(value(server, MillraceMeters.QUEUE_WAIT)).isEqualTo(requests() - notHandled);
			assertThat(value(server, MillraceMeters.REQUESTS_REFUSED)).isEqualTo(notHandled);
			assertThat(value(server, MillraceMeters.REQUESTS_ABORTED)).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void everyRequestIsCountedOnce(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type)) {
			sendMany(server, 4, 100);
			assertThat(this.seen).containsEntry("2xx", 240).containsEntry("4xx", 80).containsEntry("5xx", 80);
			checkThatAllAgree(server, 0);
			assertThat(value(server, MillraceMeters.CONNECTIONS_ACCEPTED)).isEqualTo(4);
		}
	}

	@Test
	void whatIsRefusedIsCountedAndNotTimed() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, MeterApplication.TIGHT)) {
			Gate gate = MeterApplication.gate(server);
			try (RawClient first = new RawClient(new Socket("localhost", server.port()));
					RawClient second = new RawClient(new Socket("localhost", server.port()))) {
				first.get("/gate");
				gate.awaitEntered();
				second.get("/hello");
				Awaitility.await().until(() -> value(server, MillraceMeters.QUEUE_DEPTH) == 1);
				sendMany(server, 2, 50);
				assertThat(this.seen).containsOnlyKeys("5xx");
				gate.open.countDown();
				sawStatus(first.receive().status());
				sawStatus(second.receive().status());
			}
			assertThat(this.seen).containsEntry("5xx", 100).containsEntry("2xx", 2);
			checkThatAllAgree(server, 100);
		}
	}

}
