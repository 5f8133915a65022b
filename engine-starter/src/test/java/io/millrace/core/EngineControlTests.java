package io.millrace.core;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests of {@link EngineControl}: what is changed while clients are served.
 */
@Timeout(120)
class EngineControlTests {

	private static TestEngine engine(Gate gate, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return new TestEngine(Transport.NIO, TestEngine.slow("/slow", gate), more).start();
	}

	private static EngineConfig.Builder two(EngineConfig.Builder config) {
		return config.worker(TestEngine.workers(2, 1));
	}

	private static Map<EngineSetting, Integer> set(EngineSetting setting, int value) {
		return Map.of(setting, value);
	}

	@Test
	void requestsThatWaitAreBegunWhenThereAreMoreWorkers() throws Exception {
		Gate gate = new Gate(3);
		List<RawClient> clients = new ArrayList<>();
		try (TestEngine engine = engine(gate, EngineControlTests::two)) {
			EngineControl control = engine.engine().control();
			for (int i = 0; i < 3; i++) {
				clients.add(engine.connect().get("/slow"));
			}
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
			try (RawClient refused = engine.connect()) {
				assertThat(refused.get("/").receive().status()).isEqualTo(503);
				control.change(set(EngineSetting.WORKERS, 3), "a test");
				gate.awaitEntered();
				assertThat(engine.engine().workers().limit()).isEqualTo(3);
			}
			gate.open();
			for (RawClient client : clients) {
				assertThat(client.receive().status()).isEqualTo(200);
				client.close();
			}
		}
	}

	@Test
	void whatIsRefusedIsSaidByTheNewNumbers() throws Exception {
		Gate gate = new Gate(2);
		List<RawClient> clients = new ArrayList<>();
		try (TestEngine engine = engine(gate, EngineControlTests::two)) {
			EngineControl control = engine.engine().control();
			control.change(set(EngineSetting.QUEUE_CAPACITY, 4), null);
			for (int i = 0; i < 6; i++) {
				clients.add(engine.connect().get("/slow"));
			}
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 4);
			control.change(set(EngineSetting.QUEUE_CAPACITY, 2), null);
			try (RawClient refused = engine.connect()) {
				assertThat(refused.get("/").receive().status()).isEqualTo(503);
			}
			assertThat(engine.engine().workers().waiting()).isEqualTo(4);
			gate.open();
			for (RawClient client : clients) {
				assertThat(client.receive().status()).isEqualTo(200);
				client.close();
			}
		}
	}

	@Test
	void theLimitOfRequestsInFlightCanBeChanged() throws Exception {
		Gate gate = new Gate(2);
		try (TestEngine engine = engine(gate, (config) -> config.admission(Admission.fixed(1)));
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			first.get("/slow");
			Awaitility.await().until(() -> inFlight(engine) == 1);
			assertThat(second.get("/slow").receive().status()).isEqualTo(503);
			engine.engine().control().change(set(EngineSetting.LIMIT, 2), null);
			second.get("/slow");
			gate.awaitEntered();
			assertThat(engine.engine().admission()).isEqualTo(new AdmissionSnapshot(2, 2));
			assertThat(third.get("/").receive().status()).isEqualTo(503);
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
		}
	}

	private static int inFlight(TestEngine engine) {
		AdmissionSnapshot admission = engine.engine().admission();
		return (admission != null) ? admission.inFlight() : -1;
	}

	@Test
	void changesAreRemembered() throws Exception {
		try (TestEngine engine = engine(new Gate(0), EngineControlTests::two)) {
			EngineControl control = engine.engine().control();
			assertThat(control.current()).isEqualTo(Map.of(EngineSetting.WORKERS, 2, EngineSetting.QUEUE_CAPACITY, 1));
			List<EngineChange> made = control.change(Map.of(EngineSetting.WORKERS, 5, EngineSetting.QUEUE_CAPACITY, 1),
					"alice\nadmin");
			assertThat(made).hasSize(1).isEqualTo(control.changes());
			EngineChange change = made.get(0);
			assertThat(change.setting()).isEqualTo("workers");
			assertThat(change.from()).isEqualTo("2");
			assertThat(change.to()).isEqualTo("5");
			assertThat(change.by()).isEqualTo("alice?admin");
			assertThat(control.current().get(EngineSetting.WORKERS)).isEqualTo(5);
			for (int i = 0; i < 600; i++) {
				control.change(set(EngineSetting.QUEUE_CAPACITY, 10 + i), null);
			}
			assertThat(control.changes()).hasSize(256).startsWith(change);
			assertThat(control.changes().get(255).to()).isEqualTo("609");
		}
	}

	@Test
	void whatIsOutOfRangeChangesNothingOfTheRest() throws Exception {
		try (TestEngine engine = engine(new Gate(0), (config) -> two(config).admission(Admission.fixed(7)))) {
			EngineControl control = engine.engine().control();
			Map<EngineSetting, Integer> before = control.current();
			assertThatIllegalArgumentException().isThrownBy(
					() -> control.change(Map.of(EngineSetting.WORKERS, 100_001, EngineSetting.QUEUE_CAPACITY, 3), null))
				.withMessage("workers has to be 1 to 100000, and is 100001");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> control.change(Map.of(EngineSetting.WORKERS, 5, EngineSetting.LIMIT, 0), null))
				.withMessage("limit has to be 1 or more, and is 0");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> control.change(set(EngineSetting.QUEUE_CAPACITY, 0), null))
				.withMessage("queueCapacity has to be 1 to 1000000, and is 0");
			assertThatIllegalArgumentException().isThrownBy(() -> control.change(set(EngineSetting.LIMIT_MAX, 9), null))
				.withMessage("limitMax cannot be changed, since the limit is fixed: it has no bounds, only the limit "
						+ "itself. What can be changed here: workers, queueCapacity, limit");
			assertThatIllegalArgumentException().isThrownBy(() -> control.change(Map.of(), null))
				.withMessage("There is nothing to change. What can be changed here: workers, queueCapacity, limit");
			assertThat(control.current()).isEqualTo(before);
			assertThat(control.changes()).isEmpty();
			assertThat(engine.engine().workers().limit()).isEqualTo(2);
		}
	}

	@Test
	void whatIsNotOursOrNotThereCannotBeChanged() throws Exception {
		try (TestEngine engine = engine(new Gate(0),
				(config) -> config.worker(new WorkerOptions(WorkerMode.INLINE, 1, 0, Duration.ofSeconds(1), 1, 1))
					.admission(new Own()))) {
			EngineControl control = engine.engine().control();
			assertThat(control.current()).isEmpty();
			assertThatIllegalArgumentException().isThrownBy(() -> control.change(set(EngineSetting.WORKERS, 3), null))
				.withMessage("workers cannot be changed, since the event loops handle the requests themselves. "
						+ "What can be changed here: nothing");
			assertThatIllegalArgumentException().isThrownBy(() -> control.change(set(EngineSetting.LIMIT, 3), null))
				.withMessageContaining("the limit is the application's own (" + Own.class.getName() + ")");
		}
		Engine engine = new Engine(EngineConfig.builder().build(), new Gate(0));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> engine.control().change(set(EngineSetting.WORKERS, 3), null))
			.withMessageContaining("the engine has not been started");
		assertThatIllegalStateException().isThrownBy(() -> engine.control().drain(null));
		engine.close();
	}

	@Test
	void anEngineThatHasDrainedCanAcceptAgain() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate, EngineControlTests::two); RawClient client = engine.connect()) {
			EngineControl control = engine.engine().control();
			assertThatIllegalStateException().isThrownBy(() -> control.resume(null))
				.withMessageContaining("does not drain");
			int port = engine.port();
			client.get("/slow");
			gate.awaitEntered();
			assertThat(control.drain("a test")).isNotNull();
			assertThat(control.drain("another")).isNull();
			CompletableFuture<Void> drained = engine.engine().drain().toCompletableFuture();
			assertThat(control.isDraining()).isTrue();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(port));
			assertThatIllegalStateException().isThrownBy(() -> control.resume(null))
				.withMessageContaining("as long as requests are answered");
			gate.open();
			assertThat(client.receive().header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
			drained.get(20, TimeUnit.SECONDS);
			control.resume("a test");
			assertThat(control.isDraining()).isFalse();
			try (RawClient again = engine.connect()) {
				assertThat(again.get("/").receive().status()).isEqualTo(200);
			}
			assertThat(control.changes()).extracting(EngineChange::setting, EngineChange::to)
				.containsExactly(tuple("drain", "true"), tuple("drain", "false"));
		}
	}

	private static final class Own implements Admission {

		@Override
		public @Nullable Permit tryAcquire(Priority priority) {
			return null;
		}

		@Override
		public AdmissionSnapshot snapshot() {
			return new AdmissionSnapshot(1, 0);
		}

	}

}
