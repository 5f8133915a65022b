package io.millrace.core.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * An engine that accepts every handshake and sends back what comes. Where the path is
 * {@code /lazy} nothing is requested, {@code /broken} fails when it reads, {@code /turns}
 * shares its only worker, {@code /partial} wants pieces, {@code /worker} is told by a
 * worker.
 */
final class EchoServer implements AutoCloseable {

	/** Has the only worker told when others have their turn. */
	private static final byte[] OTHERS = "others?".getBytes(StandardCharsets.UTF_8);

	private static final byte[] FAIL = "fail!".getBytes(StandardCharsets.UTF_8);

	private final Engine engine;

	private final WebSocketOptions options;

	private final BlockingQueue<Closed> closed = new LinkedBlockingQueue<>();

	private final BlockingQueue<WebSocketConnection> opened = new LinkedBlockingQueue<>();

	private final Queue<String> told = new ConcurrentLinkedQueue<>();

	// Its thread is made when there is something to do.
	private final ExecutorService worker = Executors.newSingleThreadExecutor();

	private volatile int round;

	EchoServer(WebSocketOptions options) throws IOException {
		this(options, UnaryOperator.identity());
	}

	EchoServer(WebSocketOptions options, UnaryOperator<EngineConfig.Builder> more) throws IOException {
		this.options = options;
		EngineObserver observer = new EngineObserver() {

			@Override
			public void protocolError(String kind) {
				EchoServer.this.told.add("error " + kind);
			}

			@Override
			public void timedOut(String kind) {
				EchoServer.this.told.add("timeout " + kind);
			}

		};
		this.engine = new Engine(
				more.apply(EngineConfig.builder()
					.transport(Transport.NIO)
					.eventLoops(2)
					.observer(observer)
					.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))).build(),
				this::handle);
		this.engine.start();
	}

	private void handle(Exchange exchange) {
		HandshakeRefusal refusal = WebSocketHandshake.check(exchange);
		if (refusal != null) {
			exchange.response().status(refusal.status());
			exchange.response().headers().set("Sec-WebSocket-Version", WebSocketHandshake.VERSION);
			exchange.responseBody().write(null, true);
			return;
		}
		String path = exchange.request().target().path();
		WebSocketHandshake handshake = WebSocketHandshake.accept(exchange, this.options,
				exchange.request().headers().get("Sec-WebSocket-Protocol"), true);
		handshake.answer((name, value) -> exchange.response().headers().set(name, value));
		RequestBody following = exchange.upgrade(WebSocketHandshake.PROTOCOL);
		RequestBody body = path.equals("/broken") ? new BrokenBody(following) : following;
		Executor loop = (task) -> {
			if (exchange.stream().executor().inEventLoop()) {
				task.run();
			}
			else {
				exchange.stream().executor().execute(task);
			}
		};
		Executor executor = switch (path) {
			case "/worker" -> exchange::resume;
			case "/turns" -> this.worker;
			default -> loop;
		};
		Echo echo = new Echo();
		WebSocketConnection connection = new WebSocketConnection(exchange, body, handshake, path.equals("/partial"),
				executor, echo);
		echo.connection = connection;
		exchange.responseBody().write(null, false);
		connection.start();
		if (!path.equals("/lazy")) {
			connection.request(Long.MAX_VALUE);
		}
		this.opened.add(connection);
	}

	int port() {
		return this.engine.port();
	}

	Engine engine() {
		return this.engine;
	}

	Queue<String> told() {
		return this.told;
	}

	WebSocketConnection awaitOpened() throws InterruptedException {
		WebSocketConnection connection = this.opened.poll(20, TimeUnit.SECONDS);
		if (connection == null) {
			throw new IllegalStateException("No connection was opened");
		}
		return connection;
	}

	Closed awaitClosed() throws InterruptedException {
		Closed reason = this.closed.poll(20, TimeUnit.SECONDS);
		if (reason == null) {
			throw new IllegalStateException("No connection was closed");
		}
		return reason;
	}

	/** What becomes of the connections that there are is of no interest any more. */
	void forget() {
		this.round++;
		this.opened.clear();
		this.closed.clear();
		this.told.clear();
	}

	@Override
	public void close() {
		this.engine.close();
		this.worker.shutdown();
	}

	/** How a connection was closed. */
	record Closed(int code, String text, boolean lost) {
	}

	/** Has no memory for what comes. */
	private record BrokenBody(RequestBody body) implements RequestBody {

		@Override
		public @Nullable ByteBuf read() throws IOException {
			ByteBuf some = this.body.read();
			if (some != null) {
				some.release();
				throw new OutOfMemoryError("as asked");
			}
			return null;
		}

		@Override
		public boolean isEnded() {
			return this.body.isEnded();
		}

		@Override
		public void demand(Runnable available) {
			this.body.demand(available);
		}

		@Override
		public HttpHeaders trailers() {
			return this.body.trailers();
		}

		@Override
		public long received() {
			return this.body.received();
		}

	}

	private final class Echo implements WebSocketReceiver {

		private final int begun = EchoServer.this.round;

		private volatile @Nullable WebSocketConnection connection;

		// Of the only worker.
		private int texts;

		@Override
		public void text(byte[] utf8, boolean last) {
			this.texts++;
			if (Arrays.equals(utf8, OTHERS)) {
				EchoServer.this.worker.execute(() -> EchoServer.this.told.add("others after " + this.texts));
			}
			if (Arrays.equals(utf8, FAIL)) {
				throw new IllegalStateException("as asked");
			}
			this.connection.send(true, Unpooled.wrappedBuffer(utf8), last);
		}

		@Override
		public void binary(byte[] bytes, boolean last) {
			this.connection.send(false, Unpooled.wrappedBuffer(bytes), last);
		}

		@Override
		public void pong(byte[] payload) {
			EchoServer.this.told.add("pong " + payload.length);
		}

		@Override
		public void closed(CloseReason reason, @Nullable IOException cause) {
			if (this.begun == EchoServer.this.round) {
				EchoServer.this.closed.add(new Closed(reason.code(), reason.text(), cause != null));
			}
		}

	}

}
