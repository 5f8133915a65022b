package io.millrace.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a route that is stuck while the rest of the application is asked for much.
 */
@Timeout(120)
class BulkheadIsolationTests {

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final Gate gate = new Gate(4);

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void refused(String reason) {
			BulkheadIsolationTests.this.told.merge(reason, 1, Integer::sum);
		}

	};

	static Stream<Arguments> applications() {
		Stream<Arguments> pool = Stream.of(Arguments.of("servlet", WorkerMode.POOL, null),
				Arguments.of("reactive", WorkerMode.POOL, WorkerMode.POOL));
		Stream<Arguments> virtual = Stream.of(Arguments.of("servlet", WorkerMode.VIRTUAL, null),
				Arguments.of("servlet", WorkerMode.POOL, WorkerMode.VIRTUAL),
				Arguments.of("reactive", WorkerMode.VIRTUAL, WorkerMode.VIRTUAL));
		return (JRE.currentVersionNumber() >= 21) ? Stream.concat(pool, virtual) : pool;
	}

	private ExchangeHandler application(String kind) {
		ExchangeHandler handler = (exchange) -> {
			if (exchange.request().target().path().equals("/slow")) {
				this.gate.handle(exchange);
			}
			else {
				TestEngine.text(exchange, "other");
			}
		};
		return kind.equals("servlet") ? TestEngine.blocking(handler) : handler;
	}

	@ParameterizedTest
	@MethodSource("applications")
	void theRestDoesNotNotice(String kind, WorkerMode mode, @Nullable WorkerMode routeMode) throws Exception {
		RoutePolicy policy = new RoutePolicy("slow", (request) -> request.target().path().equals("/slow"), routeMode, 4,
				20, null, Priority.NORMAL);
		try (TestEngine engine = new TestEngine(Transport.NIO, application(kind),
				(config) -> config.observer(this.observer)
					.worker(TestEngine.workers(8, 100).withMode(mode))
					.policies(List.of(policy)))
			.start()) {
			List<RawClient> slow = new ArrayList<>();
			for (int i = 0; i < 224; i++) {
				slow.add(engine.connect().get("/slow"));
			}
			this.gate.awaitEntered();
			// 4 are under way, 20 wait.
			Awaitility.await().until(() -> this.told.getOrDefault("route", 0) == 200);
			List<RawClient> others = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				others.add(engine.connect());
			}
			for (int round = 0; round < 100; round++) {
				for (RawClient other : others) {
					other.get("/other");
				}
				for (RawClient other : others) {
					assertThat(other.receive().status()).isEqualTo(200);
				}
			}
			this.gate.open();
			int served = 0;
			for (RawClient client : slow) {
				served += (client.receive().status() == 200) ? 1 : 0;
				client.close();
			}
			assertThat(served).isEqualTo(24);
			assertThat(this.told).containsExactly(Map.entry("route", 200));
			for (RawClient other : others) {
				other.close();
			}
		}
	}

}
