package io.millrace.core.http1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine on a free port, what it counts and what it logs. Closing it checks that no
 * connection is left and that nothing was logged that a test did not ask for.
 */
final class TestServer implements AutoCloseable {

	// A busy machine is no finding of these tests.
	private static final WatchOptions UNWATCHED = new WatchOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO);

	final Counts counts = new Counts();

	private final Engine engine;

	private final Recorder recorder = new Recorder();

	private final AtomicInteger clients = new AtomicInteger();

	private boolean mayLog;

	private TestServer(EngineConfig.Builder config, ExchangeHandler application) throws Exception {
		this.recorder.start();
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(this.recorder);
		this.engine = new Engine(config.observer(this.counts)
			.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
			.build(), application);
		this.engine.start();
	}

	static TestServer start(ExchangeHandler application) throws Exception {
		return start(Transport.best(), application, UnaryOperator.identity());
	}

	static TestServer start(Transport transport, ExchangeHandler application) throws Exception {
		return start(transport, application, UnaryOperator.identity());
	}

	static TestServer start(Transport transport, ExchangeHandler application,
			UnaryOperator<EngineConfig.Builder> options) throws Exception {
		return new TestServer(options.apply(EngineConfig.builder().transport(transport).eventLoops(2).watch(UNWATCHED)),
				application);
	}

	/**
	 * Every transport that works here.
	 */
	static List<Transport> transports() {
		return List.of(Transport.values()).stream().filter(Transport::isAvailable).toList();
	}

	static ConnectionTimeouts timeouts(Duration header, Duration idle, Duration write, Duration halfClosed) {
		return new ConnectionTimeouts(header, idle, write, halfClosed, 240, Duration.ofSeconds(10), Duration.ZERO);
	}

	static ExchangeHandler blocking(ExchangeHandler handler) {
		return new ExchangeHandler() {

			@Override
			public void handle(Exchange exchange) throws Exception {
				handler.handle(exchange);
			}

			@Override
			public boolean mayBlock() {
				return true;
			}

		};
	}

	/** Answers with method, target and body, read to its end. */
	static void echo(Exchange exchange) {
		readAll(exchange, new StringBuilder(), (body) -> text(exchange, exchange.request().method() + " "
				+ exchange.request().target().pathAndQuery() + (body.isEmpty() ? "" : " " + body)));
	}

	private static void readAll(Exchange exchange, StringBuilder body, java.util.function.Consumer<String> whole) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				body.append(part.toString(StandardCharsets.ISO_8859_1));
				part.release();
			}
			if (exchange.requestBody().isEnded()) {
				whole.accept(body.toString());
			}
			else {
				exchange.requestBody().demand(() -> readAll(exchange, body, whole));
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
		}
	}

	static void text(Exchange exchange, String text) {
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), text), true);
	}

	RawClient connect() throws IOException {
		RawClient client = new RawClient(this.engine.port());
		this.clients.incrementAndGet();
		return client;
	}

	/** A client for which the kernel keeps little that it has not read. */
	RawClient connectWithSmallWindow() throws IOException {
		return new RawClient(connect(4096));
	}

	Socket connect(int receiveBuffer) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(receiveBuffer);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.engine.port()));
		this.clients.incrementAndGet();
		return socket;
	}

	Engine engine() {
		return this.engine;
	}

	int port() {
		return this.engine.port();
	}

	/** The test makes the engine log, and looks at it itself. */
	List<String> logged() {
		this.mayLog = true;
		return this.recorder.messages;
	}

	/** A clean request on a new connection is answered. */
	void assertServes() throws IOException {
		try (RawClient client = connect()) {
			assertThat(client.get("/clean").receive().status()).isEqualTo(200);
		}
	}

	void awaitCount(String name, int expected) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.counts.of(name)).as(name + " of " + this.counts).isEqualTo(expected));
	}

	/** All that have connected are accepted, and gone. */
	void awaitAllClosed() {
		Awaitility.await().until(() -> this.counts.of("opened") >= this.clients.get());
		awaitOpenedClosed();
	}

	private void awaitOpenedClosed() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.counts.of("closed")).as("%s", this.counts)
				.isEqualTo(this.counts.of("opened")));
	}

	@Override
	public void close() {
		try {
			this.engine.close();
			awaitOpenedClosed();
			assertThat(this.counts.of("completed") + this.counts.of("aborted")).as("%s", this.counts)
				.isEqualTo(this.counts.of("started"));
			if (!this.mayLog) {
				assertThat(this.recorder.messages).isEmpty();
			}
		}
		finally {
			((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(this.recorder);
		}
	}

	private static final class Recorder extends AppenderBase<ILoggingEvent> {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
				this.messages.add(event.getLevel() + " " + event.getFormattedMessage());
			}
		}

	}

}
