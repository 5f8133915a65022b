package io.millrace.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is said of workers and event loops that are stuck.
 */
@Timeout(60)
class WatchTests {

	private static final Duration SOON = Duration.ofMillis(100);

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void stuck(String kind) {
			WatchTests.this.told.merge(kind, 1, Integer::sum);
		}

	};

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.millrace.core");

	@BeforeEach
	void listen() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void listenNoMore() {
		this.logger.detachAppender(this.log);
	}

	private TestEngine engine(ExchangeHandler application, WatchOptions options) throws Exception {
		return new TestEngine(Transport.NIO, application,
				(config) -> config.observer(this.observer).watch(options).worker(TestEngine.workers(1, 10)))
			.start();
	}

	private void awaitLogged(String message, String stack) {
		Awaitility.await().untilAsserted(() -> {
			assertThat(java.util.List.copyOf(this.log.list)).anySatisfy((event) -> {
				assertThat(event.getFormattedMessage()).contains(message);
				assertThat(event.getThrowableProxy().getStackTraceElementProxyArray()).extracting(Object::toString)
					.anySatisfy((frame) -> assertThat(frame).contains(stack));
			});
		});
	}

	@Test
	void aWorkerThatIsBusyForLongIsToldOfOnceForEachRequest() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate, new WatchOptions(SOON, Duration.ZERO, Duration.ZERO));
				RawClient client = engine.connect().get("/")) {
			awaitLogged("has been busy with one request for", "Gate.handle");
			try (RawClient other = engine.connect()) {
				for (int i = 0; i < 50; i++) {
					assertThat(other.get("/fast").receive().body()).isEqualTo("fast");
				}
			}
			gate.open();
			assertThat(client.receive().status()).isEqualTo(200);
			assertThat(this.told).containsExactly(Map.entry("worker", 1));
		}
	}

	@Test
	void anEventLoopThatIsBlockedIsToldOfOnce() throws Exception {
		Gate gate = new Gate(1);
		ExchangeHandler liar = gate::handle;
		try (TestEngine engine = engine(liar, new WatchOptions(Duration.ZERO, SOON, Duration.ZERO));
				RawClient client = engine.connect()) {
			// The watch knows the loops by then.
			assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
			client.get("/");
			awaitLogged("has been busy with one thing for", "Gate.handle");
			gate.open();
			assertThat(client.receive().status()).isEqualTo(200);
			Awaitility.await()
				.until(() -> this.log.list.stream()
					.anyMatch((event) -> event.getFormattedMessage().contains("goes on after")));
			assertThat(this.told).containsExactly(Map.entry("event_loop", 1));
		}
	}

	@Test
	void aPoolInWhichNothingMovesIsToldOfOnce() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate, new WatchOptions(Duration.ZERO, Duration.ZERO, SOON));
				RawClient first = engine.connect().get("/");
				RawClient second = engine.connect()) {
			gate.awaitEntered();
			second.get("/");
			awaitLogged("All workers are busy, and none has begun anything for", "Gate.handle");
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
			assertThat(this.told).containsExactly(Map.entry("pool", 1));
		}
	}

}
