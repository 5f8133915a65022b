package io.millrace.demo.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The load, against the JDK's small server.
 */
class LoadTests {

	private final AtomicInteger asked = new AtomicInteger();

	private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();

	private HttpServer server;

	private int length;

	private int status = 200;

	private boolean last;

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void eachConnectionIsKept() throws Exception {
		this.length = 13;
		load("/json?of=13", 3);
		Awaitility.await().until(() -> this.asked.get() > 200);
		assertThat(this.connections).hasSize(3);
	}

	@Test
	void chunksAreUnderstood() throws Exception {
		this.length = 0;
		load("/chunks", 2);
		Awaitility.await().until(() -> this.asked.get() > 100);
		assertThat(this.connections).hasSize(2);
	}

	@Test
	void aClosedConnectionIsOpenedAnew() throws Exception {
		this.length = 5;
		this.last = true;
		Load load = load("/once", 1);
		Awaitility.await().until(() -> this.connections.size() > 3);
		assertThat(load.seen()).endsWith("errors 0");
	}

	@Test
	void refusalsAndAbsenceAreErrors() throws Exception {
		this.length = 5;
		this.status = 503;
		Load load = load("/refused", 1);
		Awaitility.await().until(() -> this.asked.get() > 10);
		assertThat(load.seen()).doesNotEndWith("errors 0");
		this.server.stop(0);
		load.seen();
		Awaitility.await().until(() -> !load.seen().endsWith("errors 0"));
	}

	@Test
	void aServerThatComesBackFindsItsLoadAgain() throws Exception {
		this.length = 5;
		load("/json", 2);
		Awaitility.await().until(() -> this.asked.get() > 10);
		int port = this.server.getAddress().getPort();
		this.server.stop(0);
		int before = this.asked.get();
		start(port);
		Awaitility.await().until(() -> this.asked.get() > before + 10);
	}

	private Load load(String path, int connections) throws IOException {
		start(0);
		Load load = new Load(Copy.named("millrace", this.server.getAddress().getPort()),
				new LoadOptions(1000, connections, path));
		load.start();
		return load;
	}

	private void start(int port) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
		this.server.setExecutor(Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		}));
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.asked.incrementAndGet();
		this.connections.add(exchange.getRemoteAddress());
		if (this.last) {
			exchange.getResponseHeaders().set("Connection", "close");
		}
		exchange.sendResponseHeaders(this.status, this.length);
		try (OutputStream body = exchange.getResponseBody()) {
			body.write("x".repeat((this.length > 0) ? this.length : 10_000).getBytes(StandardCharsets.US_ASCII));
		}
	}

}
