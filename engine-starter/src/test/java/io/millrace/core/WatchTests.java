package io.millrace.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import jdk.jfr.FlightRecorder;
import jdk.jfr.RecordingState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is said of workers and event loops that are stuck.
 */
@Timeout(120)
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
		return engine(application, options, TestEngine.workers(1, 10));
	}

	private TestEngine virtual(ExchangeHandler application, WatchOptions options) throws Exception {
		return engine(application, options, TestEngine.workers(1, 10).withMode(WorkerMode.VIRTUAL));
	}

	private TestEngine engine(ExchangeHandler application, WatchOptions options, WorkerOptions workers)
			throws Exception {
		return new TestEngine(Transport.NIO, application,
				(config) -> config.observer(this.observer).watch(options).worker(workers))
			.start();
	}

	private void awaitLogged(String message, String stack) {
		Awaitility.await().untilAsserted(() -> {
			assertThat(List.copyOf(this.log.list)).anySatisfy((event) -> {
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

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aVirtualThreadThatIsBusyForLongIsToldOfOnce() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = virtual(gate, new WatchOptions(SOON, Duration.ZERO, Duration.ZERO));
				RawClient client = engine.connect().get("/")) {
			awaitLogged("has been busy with one request for", "Gate.handle");
			gate.open();
			assertThat(client.receive().status()).isEqualTo(200);
			assertThat(this.told).containsExactly(Map.entry("worker", 1));
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aPoolOfVirtualThreadsInWhichNothingMovesIsToldOfOnce() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = virtual(gate, new WatchOptions(Duration.ZERO, Duration.ZERO, SOON));
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

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aSchedulerWhoseCarriersAllComputeIsToldOfOnce() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		int carriers = Runtime.getRuntime().availableProcessors();
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			while (!enough.get()) {
				Thread.onSpinWait();
			}
			TestEngine.text(exchange, "done");
		});
		List<RawClient> clients = new ArrayList<>();
		WorkerOptions workers = new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, Duration.ofSeconds(60), 100, 10);
		try (TestEngine engine = engine(application, new WatchOptions(Duration.ZERO, Duration.ZERO, SOON), workers)) {
			for (int i = 0; i < carriers; i++) {
				clients.add(engine.connect().get("/"));
			}
			Awaitility.await().until(() -> this.told.containsKey("scheduler"));
			enough.set(true);
			for (RawClient client : clients) {
				assertThat(client.receive().status()).isEqualTo(200);
				client.close();
			}
		}
		finally {
			enough.set(true);
		}
		assertThat(this.log.list).anySatisfy((event) -> assertThat(event.getFormattedMessage())
			.contains("The JDK has begun to run no virtual thread for", "WatchTests"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aVirtualThreadThatIsPinnedIsToldOfOnceForEachStack() throws Exception {
		ExchangeHandler application = TestEngine.blocking((exchange) -> TestEngine.text(exchange,
				exchange.request().target().path().equals("/first") ? FirstInitialiser.NAME : SecondInitialiser.NAME));
		WatchOptions options = new WatchOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofMillis(20));
		try (TestEngine engine = virtual(application, options); RawClient client = engine.connect()) {
			// Whoever listens hears only what happens from then on.
			Awaitility.await().until(WatchTests::isRecording);
			assertThat(client.get("/first").receive().body()).isEqualTo("slow");
			awaitLogged("where it could not leave its carrier", "FirstInitialiser.<clinit>");
			assertThat(client.get("/second").receive().body()).isEqualTo("slow");
			awaitLogged("where it could not leave its carrier", "SecondInitialiser.<clinit>");
			assertThat(this.told).containsOnlyKeys("pinned");
		}
	}

	private static boolean isRecording() {
		return FlightRecorder.isInitialized() && FlightRecorder.getFlightRecorder()
			.getRecordings()
			.stream()
			.anyMatch((recording) -> recording.getState() == RecordingState.RUNNING);
	}

	private static String slowly() {
		LockSupport.parkNanos(SOON.toNanos());
		return "slow";
	}

	private static final class FirstInitialiser {

		static final String NAME = slowly();

	}

	private static final class SecondInitialiser {

		static final String NAME = slowly();

	}

}
