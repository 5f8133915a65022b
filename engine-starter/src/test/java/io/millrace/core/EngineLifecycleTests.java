package io.millrace.core;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.Route;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.transport.TransportUnavailableException;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link Engine}'s start, stop and close on every transport that works here.
 */
@Timeout(120)
class EngineLifecycleTests {

	private static final ExchangeHandler THREAD_NAME = TestEngine
		.blocking((exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()));

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	static List<Transport> sharingTransports() {
		return TestEngine.available().filter(Transport::supportsReusePort).toList();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void startsAndStopsAndStartsAgain(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME)) {
			assertThat(engine.port()).isEqualTo(-1);
			for (int i = 0; i < 3; i++) {
				engine.start();
				int port = engine.port();
				assertThat(port).isPositive();
				try (RawClient client = engine.connect()) {
					assertThat(client.get("/").receive().status()).isEqualTo(200);
					engine.engine().stop();
					assertThat(client.readAll()).isEmpty();
				}
				assertThat(engine.port()).isEqualTo(-1);
				assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(port));
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void startsOnceHoweverOftenItIsAsked(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME).start()) {
			int port = engine.port();
			engine.start();
			assertThat(engine.port()).isEqualTo(port);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aPortMayBeUsedAgainAtOnce(Transport transport) throws Exception {
		int port;
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME).start()) {
			port = engine.port();
			try (RawClient client = engine.connect()) {
				client.get("/").receive();
			}
		}
		ListenerOptions same = ListenerOptions.at(TestEngine.loopback(port));
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME, (config) -> config.listener(same))) {
			engine.start();
			assertThat(engine.port()).isEqualTo(port);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aPortThatIsInUseIsABindExceptionThatSaysSo(Transport transport) throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertPortInUse(transport, false, other);
		}
	}

	@ParameterizedTest
	@MethodSource("sharingTransports")
	void aPortIsNotSharedWithAnotherServerThatWouldShareIt(Transport transport) throws Exception {
		try (TestEngine other = new TestEngine(transport, THREAD_NAME,
				(config) -> config.listener(new ListenerOptions(TestEngine.loopback(0), 10, true, 0)))) {
			other.start();
			ListenerOptions same = new ListenerOptions(TestEngine.loopback(other.port()), 10, true, 0);
			try (TestEngine engine = new TestEngine(transport, THREAD_NAME, (config) -> config.listener(same))) {
				assertThatExceptionOfType(BindException.class).isThrownBy(engine::start)
					.withMessageContaining("in use");
			}
		}
	}

	private static void assertPortInUse(Transport transport, boolean reusePort, ServerSocket other) throws Exception {
		ListenerOptions taken = new ListenerOptions(TestEngine.loopback(other.getLocalPort()), 10, reusePort, 0);
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME, (config) -> config.listener(taken))) {
			assertThatExceptionOfType(BindException.class).isThrownBy(engine::start)
				.withMessageContaining("Address already in use")
				.withMessageContaining(String.valueOf(other.getLocalPort()));
			assertThat(engine.port()).isEqualTo(-1);
			other.close();
			engine.start();
			try (RawClient client = engine.connect()) {
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anAddressOfAnotherMachineIsABindException(Transport transport) throws Exception {
		// RFC 5737: nobody has it.
		ListenerOptions elsewhere = ListenerOptions.at(new InetSocketAddress("192.0.2.1", 0));
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME, (config) -> config.listener(elsewhere))) {
			assertThatExceptionOfType(BindException.class).isThrownBy(engine::start).withMessageContaining("192.0.2.1");
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aPortThatNeedsPrivilegesIsABindException(Transport transport) throws Exception {
		Assumptions.assumeFalse(mayBind(81), "this user may use all ports");
		ListenerOptions privileged = ListenerOptions.at(TestEngine.loopback(81));
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME, (config) -> config.listener(privileged))) {
			assertThatExceptionOfType(BindException.class).isThrownBy(engine::start)
				.withMessageContaining("Permission denied");
		}
	}

	private static boolean mayBind(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void aHostThatIsNotKnownIsNamed() throws Exception {
		ListenerOptions nowhere = ListenerOptions.at(InetSocketAddress.createUnresolved("no.such.host.invalid", 0));
		try (TestEngine engine = new TestEngine(Transport.NIO, THREAD_NAME, (config) -> config.listener(nowhere))) {
			assertThatExceptionOfType(UnknownHostException.class).isThrownBy(engine::start)
				.withMessageContaining("no.such.host.invalid");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aTransportThatDoesNotWorkHereSaysWhy(Transport transport) {
		Assumptions.assumeFalse(transport.isAvailable());
		EngineConfig config = EngineConfig.builder().transport(transport).build();
		assertThatExceptionOfType(TransportUnavailableException.class).isThrownBy(() -> new Engine(config, THREAD_NAME))
			.withMessageStartingWith("The transport " + transport.id() + " is not available: ")
			.withMessageNotContaining("null")
			.satisfies((ex) -> assertThat(ex.transport()).isSameAs(transport));
	}

	@Test
	void theBestTransportOfThisMachineIsTheDefault() {
		Engine engine = new Engine(EngineConfig.builder().build(), THREAD_NAME);
		assertThat(engine.transport()).isSameAs(Transport.best());
		assertThat(engine.eventLoopCount()).isPositive();
		engine.close();
	}

	@Test
	void cannotStartAfterClose() throws Exception {
		TestEngine engine = new TestEngine(Transport.NIO, THREAD_NAME).start();
		engine.close();
		engine.close();
		assertThatIllegalStateException().isThrownBy(engine::start).withMessage("The engine is closed");
	}

	@Test
	void anEngineThatNeverStartedHasNothingToDrainOrStop() {
		TestEngine engine = new TestEngine(Transport.NIO, THREAD_NAME);
		assertThat(engine.engine().drain().toCompletableFuture()).isDone();
		engine.engine().stop();
		engine.close();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void routesRunOnTheLoopAndTheApplicationOnWorkers(Transport transport) throws Exception {
		Route route = Route.get("/loop", (exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()));
		Route blocking = Route.get("/blocking", THREAD_NAME);
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME,
				(config) -> config.routes(List.of(route, blocking)))) {
			engine.start();
			try (RawClient client = engine.connect()) {
				assertThat(client.get("/loop").receive().body()).startsWith("millrace-loop-");
				assertThat(client.get("/blocking").receive().body()).startsWith("millrace-worker-");
				assertThat(client.get("/").receive().body()).startsWith("millrace-worker-");
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anApplicationThatDoesNotBlockRunsOnTheLoop(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport,
				(exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()))) {
			engine.start();
			try (RawClient client = engine.connect()) {
				assertThat(client.get("/").receive().body()).startsWith("millrace-loop-");
			}
			assertThat(engine.engine().workers().threads()).isZero();
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsDoTheWork() throws Exception {
		WorkerOptions virtual = new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, java.time.Duration.ofSeconds(1), 100, 10);
		try (TestEngine engine = new TestEngine(Transport.best(), THREAD_NAME, (config) -> config.worker(virtual))) {
			engine.start();
			try (RawClient client = engine.connect()) {
				for (int i = 0; i < 100; i++) {
					assertThat(client.get("/").receive().body()).startsWith("millrace-virtual-");
				}
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void stopCutsWhatIsInFlight(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		AtomicReference<Exchange.Outcome> outcome = new AtomicReference<>();
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			exchange.onEnd(outcome::set);
			gate.handle(exchange);
		});
		try (TestEngine engine = new TestEngine(transport, application).start();
				RawClient client = engine.connect();
				RawClient idle = engine.connect()) {
			assertThat(idle.get("/fast").receive().status()).isEqualTo(200);
			client.get("/");
			gate.awaitEntered();
			engine.engine().stop();
			assertThat(outcome).hasValue(Exchange.Outcome.ABORTED);
			assertThat(client.readAll()).isEmpty();
			assertThat(idle.readAll()).isEmpty();
			gate.open();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void closeInterruptsWhatBlocks(Transport transport) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		TestEngine engine = new TestEngine(transport, TestEngine.blocking((exchange) -> {
			entered.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				failure.set(ex);
				throw ex;
			}
		})).start();
		try (RawClient client = engine.connect()) {
			client.get("/");
			TestEngine.await(entered);
			engine.close();
			assertThat(failure.get()).isInstanceOf(InterruptedException.class);
		}
	}

	@ParameterizedTest
	@MethodSource("sharingTransports")
	void everyLoopMayListenItself(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport,
				(exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()),
				(config) -> config.eventLoops(4).listener(new ListenerOptions(TestEngine.loopback(0), 128, true, 0)))) {
			engine.start();
			List<RawClient> clients = new ArrayList<>();
			List<String> loops = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				clients.add(engine.connect());
				loops.add(clients.get(i).get("/").receive().body());
			}
			// The kernel chooses by a hash: each of 4 is missed by 200 with p = 1e-25.
			assertThat(loops).contains("millrace-loop-1", "millrace-loop-2", "millrace-loop-3", "millrace-loop-4");
			int port = engine.port();
			engine.engine().stop();
			for (RawClient client : clients) {
				assertThat(client.readAll()).isEmpty();
				client.close();
			}
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(port));
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void oneListenerHandsConnectionsToTheLoopsInTurn(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport,
				(exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()))) {
			engine.start();
			List<String> loops = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				try (RawClient client = engine.connect()) {
					loops.add(client.get("/").receive().body());
				}
			}
			assertThat(loops).filteredOn("millrace-loop-1"::equals).hasSize(3);
			assertThat(loops).filteredOn("millrace-loop-2"::equals).hasSize(3);
		}
	}

	@Test
	void reusePortNeedsATransportThatCan() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.NIO, THREAD_NAME,
				(config) -> config.listener(new ListenerOptions(TestEngine.loopback(0), 128, true, 0)))) {
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(engine::start)
				.withMessage("reusePort needs the transport epoll or io_uring, and the transport is nio");
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientMayShareTheEventLoops(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, THREAD_NAME).start()) {
			StringBuilder received = new StringBuilder();
			Bootstrap bootstrap = new Bootstrap().group(engine.engine().eventLoops())
				.channel(clientChannel(transport))
				.handler(new SimpleChannelInboundHandler<ByteBuf>() {
					@Override
					protected void channelRead0(ChannelHandlerContext ctx, ByteBuf part) {
						received.append(part.toString(java.nio.charset.StandardCharsets.US_ASCII));
					}
				});
			Channel channel = bootstrap.connect(TestEngine.loopback(engine.port())).sync().channel();
			String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
			channel.writeAndFlush(
					channel.alloc().buffer().writeBytes(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
			channel.closeFuture().sync();
			assertThat(received.toString()).startsWith("HTTP/1.1 200 OK").contains("millrace-worker-");
		}
	}

	private static Class<? extends Channel> clientChannel(Transport transport) {
		return switch (transport) {
			case IO_URING -> IoUringSocketChannel.class;
			case EPOLL -> EpollSocketChannel.class;
			case KQUEUE -> KQueueSocketChannel.class;
			case NIO -> NioSocketChannel.class;
		};
	}

}
