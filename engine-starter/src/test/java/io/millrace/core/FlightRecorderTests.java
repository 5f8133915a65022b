package io.millrace.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.millrace.core.TestEngine.Client;
import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LoopStall;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.jfr.JfrObserver;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a recording of the flight recorder tells of requests that were really sent.
 */
@Timeout(120)
class FlightRecorderTests {

	private static final String REQUEST = "io.millrace.Request";

	private static final String QUEUE_WAIT = "io.millrace.QueueWait";

	private static final String REFUSAL = "io.millrace.Refusal";

	private static final String CONNECTION = "io.millrace.Connection";

	private static final String STALL = "io.millrace.EventLoopStall";

	@TempDir
	Path directory;

	private TestEngine engine(ExchangeHandler application, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return new TestEngine(Transport.NIO, application, (config) -> more.apply(config.observer(new JfrObserver())))
			.start();
	}

	private TestEngine engine(ExchangeHandler application) throws Exception {
		return engine(application, (config) -> config.worker(TestEngine.workers(1, 1)));
	}

	// Whoever runs something closes its engine: then all that is written is written.
	private List<RecordedEvent> record(Consumer<Recording> settings, Client body) throws Exception {
		Path file = this.directory.resolve("recording.jfr");
		try (Recording recording = new Recording()) {
			settings.accept(recording);
			recording.start();
			body.run();
			recording.stop();
			recording.dump(file);
		}
		return RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getEventType().getName().startsWith("io.millrace."))
			.toList();
	}

	private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
		return events.stream().filter((event) -> event.getEventType().getName().equals(name)).toList();
	}

	private static RecordedEvent only(List<RecordedEvent> events, String name) {
		assertThat(of(events, name)).hasSize(1);
		return of(events, name).get(0);
	}

	private static RecordedEvent ofPath(List<RecordedEvent> events, String name, String path) {
		return only(events.stream()
			.filter((event) -> !event.hasField("path") || path.equals(event.getString("path")))
			.toList(), name);
	}

	private static void everyRequest(Recording recording) {
		recording.enable(REQUEST).with("select", "all");
	}

	@Test
	void aRequestIsRecordedFromItsHeadToItsEnd() throws Exception {
		List<RecordedEvent> events = record((recording) -> {
			everyRequest(recording);
			recording.enable(CONNECTION);
		}, () -> {
			try (TestEngine engine = engine(TestEngine.blocking((exchange) -> TestEngine.text(exchange, "hello")));
					RawClient client = engine.connect()) {
				client.send("POST /desk?secret=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
				assertThat(client.receive().body()).isEqualTo("hello");
				assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
			}
		});
		RecordedEvent request = ofPath(events, REQUEST, "/desk");
		assertThat(request.getString("method")).isEqualTo("POST");
		assertThat(request.getInt("status")).isEqualTo(200);
		assertThat(request.getBoolean("completed")).isTrue();
		assertThat(request.getString("refusal")).isNull();
		assertThat(request.getString("mode")).isEqualTo("pool");
		assertThat(request.getString("priority")).isEqualTo("normal");
		assertThat(request.getLong("requestBytes")).isEqualTo(3);
		assertThat(request.getLong("responseBytes")).isEqualTo(5);
		assertThat(request.getDuration("serviceTime")).isPositive();
		assertThat(request.getDuration("queueWait")).isPositive();
		assertThat(request.getDuration()).isPositive();
		assertThat(request.getStackTrace()).isNull();
		assertThat(request.toString()).doesNotContain("secret");
		RecordedEvent connection = only(events, CONNECTION);
		assertThat(connection.getString("connection")).isEqualTo(request.getString("connection"))
			.isEqualTo(ofPath(events, REQUEST, "/fast").getString("connection"))
			.isNotEmpty();
		assertThat(connection.getString("remoteAddress")).startsWith("127.0.0.1:");
		assertThat(connection.getString("protocol")).isEqualTo("HTTP/1.1");
		assertThat(connection.getLong("requests")).isEqualTo(2);
		assertThat(connection.getLong("bytesIn")).isGreaterThan(100);
		assertThat(connection.getLong("bytesOut")).isGreaterThan(100);
		assertThat(connection.getStartTime()).isBeforeOrEqualTo(request.getStartTime());
		assertThat(connection.getEndTime()).isAfterOrEqualTo(request.getEndTime());
	}

	@Test
	void aWaitIsRecordedByTheThreadThatWasWaitedFor() throws Exception {
		Gate gate = new Gate(1);
		List<RecordedEvent> events = record((recording) -> {
			everyRequest(recording);
			recording.enable(QUEUE_WAIT).withoutThreshold();
		}, () -> {
			try (TestEngine engine = engine(gate);
					RawClient first = engine.connect().get("/first");
					RawClient second = engine.connect()) {
				gate.awaitEntered();
				second.get("/second");
				Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
				gate.open();
				assertThat(first.receive().status()).isEqualTo(200);
				assertThat(second.receive().status()).isEqualTo(200);
			}
		});
		RecordedEvent wait = ofPath(events, QUEUE_WAIT, "/second");
		assertThat(wait.getBoolean("handled")).isTrue();
		assertThat(wait.getString("method")).isEqualTo("GET");
		assertThat(wait.getString("mode")).isEqualTo("pool");
		assertThat(wait.getString("priority")).isEqualTo("normal");
		assertThat(wait.getThread().getJavaName()).startsWith("millrace-worker");
		RecordedEvent first = ofPath(events, REQUEST, "/first");
		RecordedEvent second = ofPath(events, REQUEST, "/second");
		assertThat(wait.getString("connection")).isEqualTo(second.getString("connection"));
		// It began to wait while the first was handled.
		assertThat(wait.getStartTime()).isBefore(first.getEndTime());
		assertThat(wait.getEndTime()).isBeforeOrEqualTo(second.getEndTime());
	}

	@Test
	void whatWaitedInVainIsRecordedToo() throws Exception {
		Gate gate = new Gate(1);
		CountDownLatch gone = new CountDownLatch(1);
		EngineObserver listener = new EngineObserver() {

			@Override
			public void clientAborted() {
				gone.countDown();
			}

		};
		List<RecordedEvent> events = record((recording) -> {
			recording.enable(QUEUE_WAIT).withoutThreshold();
			recording.enable(REFUSAL);
		}, () -> {
			try (TestEngine engine = engine(gate,
					(config) -> config.addObserver(listener).worker(TestEngine.workers(1, 1)));
					RawClient first = engine.connect().get("/first");
					RawClient second = engine.connect();
					RawClient third = engine.connect()) {
				gate.awaitEntered();
				second.get("/second");
				Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
				assertThat(third.get("/third?secret=1").receive().status()).isEqualTo(503);
				second.close();
				TestEngine.await(gone);
				gate.open();
				assertThat(first.receive().status()).isEqualTo(200);
			}
		});
		RecordedEvent given = ofPath(events, QUEUE_WAIT, "/second");
		assertThat(given.getBoolean("handled")).isFalse();
		assertThat(given.getString("mode")).isEqualTo("none");
		RecordedEvent refusal = only(events, REFUSAL);
		assertThat(refusal.getString("reason")).isEqualTo("full");
		assertThat(refusal.getString("method")).isEqualTo("GET");
		assertThat(refusal.getString("path")).isEqualTo("/third");
		assertThat(refusal.getInt("status")).isEqualTo(503);
		assertThat(refusal.getLong("skipped")).isZero();
		assertThat(refusal.getString("connection")).isNotEmpty();
	}

	@Test
	void whatIsNoRequestIsARefusalToo() throws Exception {
		List<RecordedEvent> events = record((recording) -> recording.enable(REFUSAL), () -> {
			try (TestEngine engine = engine(new Gate(1)); RawClient client = engine.connect()) {
				assertThat(client.send("GET  / HTTP/1.1\r\n\r\n").receive().status()).isEqualTo(400);
			}
		});
		RecordedEvent refusal = only(events, REFUSAL);
		assertThat(refusal.getString("reason")).isEqualTo("syntax");
		assertThat(refusal.getInt("status")).isEqualTo(400);
	}

	@Test
	void ofQuickRequestsASampleIsRecorded() throws Exception {
		for (Map.Entry<String, Integer> each : Map.of("1 h", 0, "1 h + 1/1", 5).entrySet()) {
			List<RecordedEvent> events = record((recording) -> recording.enable(REQUEST).with("select", each.getKey()),
					() -> {
						try (TestEngine engine = engine(new Gate(1)); RawClient client = engine.connect()) {
							for (int i = 0; i < 5; i++) {
								assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
							}
						}
					});
			assertThat(events).hasSize(each.getValue());
		}
	}

	@Test
	void aBlockedEventLoopIsRecordedWhenItIsFoundAndWhenItGoesOn() throws Exception {
		Gate gate = new Gate(1);
		ExchangeHandler liar = gate::handle;
		CountDownLatch found = new CountDownLatch(1);
		AtomicReference<LoopStall> over = new AtomicReference<>();
		EngineObserver listener = new EngineObserver() {

			@Override
			public void loopStalled(LoopStall stall) {
				if (stall.over()) {
					over.set(stall);
				}
				else {
					found.countDown();
				}
			}

		};
		List<RecordedEvent> events = record((recording) -> recording.enable(STALL), () -> {
			try (TestEngine engine = engine(liar,
					(config) -> config.addObserver(listener)
						.watch(new WatchOptions(Duration.ZERO, Duration.ofMillis(500), Duration.ZERO)));
					RawClient client = engine.connect()) {
				// The watch knows the loops by then.
				assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
				client.get("/");
				TestEngine.await(found);
				gate.open();
				assertThat(client.receive().status()).isEqualTo(200);
				Awaitility.await().until(() -> over.get() != null);
			}
		});
		// A machine that is busy with other things may stall a loop too.
		List<RecordedEvent> all = of(events, STALL);
		RecordedEvent first = all.stream()
			.filter((stall) -> !stall.getBoolean("over") && stall.getString("stack").contains("Gate.handle"))
			.findFirst()
			.orElseThrow();
		List<RecordedEvent> stalls = all.subList(all.indexOf(first), all.size())
			.stream()
			.filter((stall) -> stall.getString("eventLoop").equals(first.getString("eventLoop")))
			.limit(2)
			.toList();
		assertThat(stalls).hasSize(2);
		assertThat(stalls.get(0).getBoolean("over")).isFalse();
		assertThat(stalls.get(0).getString("stack")).contains("Gate.handle");
		assertThat(stalls.get(1).getBoolean("over")).isTrue();
		assertThat(stalls).allSatisfy((stall) -> {
			assertThat(stall.getString("eventLoop")).startsWith("millrace-loop");
			assertThat(stall.getDuration("busy")).isGreaterThanOrEqualTo(Duration.ofMillis(500));
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
	void aHandlerThatItsLoopLeavesBehindIsRecordedOnce() throws Exception {
		CountDownLatch left = new CountDownLatch(1);
		EngineObserver listener = new EngineObserver() {

			@Override
			public void loopStalled(LoopStall stall) {
				left.countDown();
			}

		};
		ExchangeHandler computing = TestEngine.blocking((exchange) -> {
			while (left.getCount() > 0) {
				Thread.onSpinWait();
			}
			TestEngine.text(exchange, "done");
		});
		List<RecordedEvent> events = record((recording) -> recording.enable(STALL), () -> {
			try (TestEngine engine = engine(computing,
					(config) -> config.addObserver(listener)
						.worker(TestEngine.workers(1, 10).withMode(WorkerMode.LOOP)));
					RawClient client = engine.connect()) {
				assertThat(client.get("/").receive().body()).isEqualTo("done");
			}
		});
		RecordedEvent stall = only(events, STALL);
		assertThat(stall.getBoolean("over")).isTrue();
		assertThat(stall.getString("eventLoop")).startsWith("millrace-loop");
		assertThat(stall.getString("stack")).contains("FlightRecorderTests");
		assertThat(stall.getDuration("busy")).isPositive();
	}

	@Test
	void aRecordingThatDoesNotAskForItIsToldNothing() throws Exception {
		List<RecordedEvent> events = record((recording) -> {
			assertThat(new JfrObserver().observeExchange()).isNull();
			assertThat(new JfrObserver().observeConnection()).isNull();
		}, () -> {
			assertThat(new JfrObserver().observeExchange()).isNull();
			assertThat(new JfrObserver().observeConnection()).isNull();
			try (TestEngine engine = engine(new Gate(1)); RawClient client = engine.connect()) {
				assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
			}
		});
		assertThat(events).isEmpty();
		assertThat(new JfrObserver().wantsExchanges()).isFalse();
	}

	@Test
	void aRecordingMayBeginAndEndWhileRequestsAreUnderWay() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate); RawClient client = engine.connect().get("/before")) {
			gate.awaitEntered();
			List<RecordedEvent> events = record((recording) -> {
				everyRequest(recording);
				recording.enable(QUEUE_WAIT).withoutThreshold();
				recording.enable(CONNECTION);
			}, () -> {
				gate.open();
				assertThat(client.receive().status()).isEqualTo(200);
				assertThat(engine.connect().get("/fast").receive().body()).isEqualTo("fast");
			});
			// What was under way has no beginning that could be recorded.
			assertThat(events)
				.noneMatch((event) -> event.hasField("path") && "/before".equals(event.getString("path")));
			assertThat(of(events, CONNECTION)).isEmpty();
			assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
		}
	}

	@Test
	void theRecorderKnowsTheEventsAndTheirSettingsBeforeTheFirstRequest() {
		assertThat(new JfrObserver()).isNotNull();
		Map<String, EventType> types = FlightRecorder.getFlightRecorder()
			.getEventTypes()
			.stream()
			.filter((type) -> type.getName().startsWith("io.millrace."))
			.collect(Collectors.toMap(EventType::getName, (type) -> type));
		assertThat(types).containsOnlyKeys(REQUEST, QUEUE_WAIT, REFUSAL, CONNECTION, STALL);
		assertThat(types.values()).allSatisfy((type) -> {
			assertThat(type.getLabel()).isNotEmpty();
			assertThat(type.getDescription()).isNotEmpty();
			assertThat(type.getCategoryNames()).containsExactly("Millrace");
			assertThat(setting(type, "enabled")).isEqualTo("false");
			assertThat(type.getFields()).allSatisfy((field) -> assertThat(field.getLabel()).isNotEmpty());
		});
		assertThat(setting(types.get(REQUEST), "select")).isEqualTo("20 ms + 1/1000");
		assertThat(setting(types.get(QUEUE_WAIT), "threshold")).isEqualTo("10 ms");
		assertThat(setting(types.get(REFUSAL), "perSecond")).isEqualTo("100");
	}

	// Of an event with two that was loaded before the recorder, as by every server that
	// is
	// recorded later, the JDK (17) confuses them, and its commit fails.
	@Test
	void noEventHasMoreThanOneSettingOfItsOwn() {
		assertThat(new JfrObserver()).isNotNull();
		assertThat(FlightRecorder.getFlightRecorder().getEventTypes())
			.filteredOn((type) -> type.getName().startsWith("io.millrace."))
			.hasSize(5)
			.allSatisfy((type) -> assertThat(type.getSettingDescriptors()).extracting(SettingDescriptor::getName)
				.filteredOn((name) -> !List.of("enabled", "threshold", "stackTrace").contains(name))
				.hasSizeLessThanOrEqualTo(1));
	}

	private static String setting(EventType type, String name) {
		return type.getSettingDescriptors()
			.stream()
			.filter((setting) -> setting.getName().equals(name))
			.map(SettingDescriptor::getDefaultValue)
			.findFirst()
			.orElse("");
	}

	@Test
	void theFileOfSettingsKnowsAllEvents() throws Exception {
		assertThat(new JfrObserver()).isNotNull();
		Map<String, String> settings = settings(Path.of("../docs/operations/millrace.jfc"));
		List<String> known = new ArrayList<>();
		for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
			if (type.getName().startsWith("io.millrace.")) {
				assertThat(settings).containsEntry(type.getName() + "#enabled", "true");
				type.getSettingDescriptors().forEach((setting) -> known.add(type.getName() + "#" + setting.getName()));
			}
		}
		assertThat(known).containsAll(settings.keySet());
	}

	private static Map<String, String> settings(Path file) throws IOException, java.text.ParseException {
		assertThat(Files.exists(file)).isTrue();
		return Configuration.create(file).getSettings();
	}

}
