package io.millrace.core;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.Listener;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerException;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Several listeners of one engine.
 */
@Timeout(60)
class ListenerTests {

	private static final ExchangeHandler PORT = (exchange) -> TestEngine.text(exchange,
			"served on " + exchange.connection().localAddress().getPort());

	static Stream<Transport> transports() {
		return TestEngine.available();
	}

	static ListenerConfig tcp(String name, int port) {
		return ListenerConfig.plain(name, new ListenerAddress.Tcp(TestEngine.loopback(port)));
	}

	static TestEngine engine(Transport transport, ExchangeHandler handler, ListenerConfig... more) {
		return new TestEngine(transport, handler, (config) -> config.moreListeners(List.of(more)));
	}

	static int port(TestEngine engine, String name) {
		return engine.engine()
			.listeners()
			.stream()
			.filter((listener) -> listener.config().name().equals(name))
			.findFirst()
			.map(Listener::port)
			.orElseThrow();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void allOfThemServeAndARequestKnowsItsOwn(Transport transport) throws Exception {
		try (TestEngine engine = engine(transport, PORT, tcp("second", 0), tcp("third", 0)).start()) {
			for (String name : List.of("main", "second", "third")) {
				int port = port(engine, name);
				try (RawClient client = new RawClient(port)) {
					assertThat(client.get("/").receive().body()).isEqualTo("served on " + port);
				}
			}
			assertThat(engine.port()).isEqualTo(port(engine, "main"));
			assertThat(engine.engine().listeners()).extracting(Listener::port).doesNotHaveDuplicates();
		}
	}

	@Test
	void theSnapshotTellsThemApart() throws Exception {
		try (TestEngine engine = engine(Transport.NIO, PORT, tcp("second", 0)).start();
				RawClient first = new RawClient(port(engine, "second"));
				RawClient second = new RawClient(port(engine, "second"))) {
			first.get("/").receive();
			second.get("/").receive();
			Awaitility.await().untilAsserted(() -> {
				EngineSnapshot now = engine.engine().snapshot();
				assertThat(now.port()).isEqualTo(engine.port());
				assertThat(now.listeners()).extracting(EngineSnapshot.Listener::name).containsExactly("main", "second");
				EngineSnapshot.Listener listener = now.listeners().get(1);
				assertThat(listener.address()).isEqualTo("127.0.0.1:" + listener.port());
				assertThat(listener.connections().open()).isEqualTo(2);
				assertThat(listener.connections().idle()).isEqualTo(2);
				assertThat(listener.connections().bytesIn()).isPositive().isEqualTo(now.connections().bytesIn());
				assertThat(listener.connections().bytesOut()).isPositive();
				assertThat(now.listeners().get(0).connections().accepted()).isZero();
				assertThat(now.connections().open()).isEqualTo(2);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aPortThatIsTakenLeavesNoneOfTheOthersBound(boolean first, @TempDir Path directory) throws Exception {
		Path file = directory.resolve("good.sock");
		ListenerConfig good = ListenerConfig.plain("good", new ListenerAddress.Unix(file, null));
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ListenerConfig bad = tcp("bad", taken.getLocalPort());
			try (TestEngine engine = first ? engine(Transport.best(), PORT, bad, good)
					: engine(Transport.best(), PORT, good, bad)) {
				assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
					.withCauseInstanceOf(BindException.class)
					.withMessageContaining("bad")
					.satisfies((failure) -> assertThat(failure.listener()).isEqualTo(bad));
				assertThat(engine.port()).isEqualTo(-1);
				assertThat(engine.engine().listeners()).isEmpty();
				assertThat(file).doesNotExist();
			}
		}
	}

	@Test
	void theFirstMayBeLeftOut() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.best(), PORT,
				(config) -> config.listening(false).moreListeners(List.of(tcp("only", 0))))
			.start()) {
			assertThat(engine.port()).isEqualTo(-1);
			assertThat(engine.engine().snapshot().state()).isEqualTo("running");
			try (RawClient client = new RawClient(port(engine, "only"))) {
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
			assertThat(engine.engine().control().drain(null)).isNotNull();
			Awaitility.await().until(() -> engine.engine().drain().toCompletableFuture().isDone());
			engine.engine().control().resume(null);
			try (RawClient client = new RawClient(port(engine, "only"))) {
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aDrainEndsAllOfThemAndAnswersWhatIsInFlight() throws Exception {
		Gate gate = new Gate(2);
		try (TestEngine engine = engine(Transport.best(), gate, tcp("second", 0)).start()) {
			int port = port(engine, "second");
			try (RawClient one = engine.connect(); RawClient two = new RawClient(port)) {
				one.get("/");
				two.get("/");
				gate.awaitEntered();
				var drained = engine.engine().drain().toCompletableFuture();
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> new Socket("127.0.0.1", port));
				assertThat(drained).isNotDone();
				gate.open();
				assertThat(one.receive().headers()).containsEntry("connection", "close");
				assertThat(two.receive().headers()).containsEntry("connection", "close");
				Awaitility.await().until(drained::isDone);
			}
		}
	}

	@Test
	void limitsOfConnectionsAreCommonToAll() throws Exception {
		ListenerOptions options = new ListenerOptions(TestEngine.loopback(0), 128, false, 2, 0, List.of());
		try (TestEngine engine = new TestEngine(Transport.best(), PORT,
				(config) -> config.listener(options).moreListeners(List.of(tcp("second", 0))))
			.start(); RawClient one = engine.connect(); RawClient two = new RawClient(port(engine, "second"))) {
			assertThat(one.get("/").receive().status()).isEqualTo(200);
			assertThat(two.get("/").receive().status()).isEqualTo(200);
			try (RawClient waiting = engine.connect()) {
				waiting.get("/");
				assertThat(engine.engine().snapshot().connections().open()).isEqualTo(2);
				two.close();
				assertThat(waiting.receive().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aClientHasItsConnectionsToAllOfThemTogether() throws Exception {
		ListenerOptions options = new ListenerOptions(new InetSocketAddress(0), 128, false, 0, 2, List.of());
		ListenerConfig second = ListenerConfig.plain("second", new ListenerAddress.Tcp(new InetSocketAddress(0)));
		List<RawClient> clients = new ArrayList<>();
		try (TestEngine engine = new TestEngine(Transport.best(), PORT,
				(config) -> config.listener(options).moreListeners(List.of(second)))
			.start()) {
			for (int port : Arrays.asList(engine.port(), port(engine, "second"))) {
				RawClient client = new RawClient(new Socket("127.0.0.1", port));
				clients.add(client);
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
			try (RawClient third = new RawClient(new Socket("127.0.0.1", port(engine, "second")))) {
				assertThat(third.in().read()).isEqualTo(-1);
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						engine.engine().snapshot().listeners().get(1).connections().refused().get("per_ip"))
					.isOne());
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void twoOfOneNameAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> EngineConfig.builder().moreListeners(List.of(tcp("same", 0), tcp("same", 0))))
			.withMessageContaining("same");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> EngineConfig.builder().moreListeners(List.of(tcp("main", 0))));
	}

}
