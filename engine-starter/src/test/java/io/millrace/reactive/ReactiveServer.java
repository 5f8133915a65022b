package io.millrace.reactive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.transport.ListenerOptions;

import org.springframework.http.server.reactive.HttpHandler;

/**
 * An engine that serves a handler on a free port, and clients for it.
 */
final class ReactiveServer implements AutoCloseable {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final Engine engine;

	ReactiveServer(HttpHandler handler) throws Exception {
		this(handler, Http1Options.defaults());
	}

	ReactiveServer(HttpHandler handler, Http1Options options) throws Exception {
		this(handler, EngineConfig.builder().http1(options));
	}

	ReactiveServer(HttpHandler handler, EngineConfig.Builder config) throws Exception {
		this.engine = new Engine(
				config.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
					.eventLoops(2)
					.build(),
				new ReactiveBridge(handler));
		this.engine.start();
	}

	int port() {
		return this.engine.port();
	}

	Engine engine() {
		return this.engine;
	}

	RawClient raw() throws IOException {
		return new RawClient(port());
	}

	HttpRequest.Builder request(String target) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + target))
			.timeout(Duration.ofSeconds(20));
	}

	HttpResponse<String> get(String target) throws Exception {
		return send(request(target));
	}

	HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	HttpClient client() {
		return this.client;
	}

	@Override
	public void close() {
		this.engine.close();
	}

}
