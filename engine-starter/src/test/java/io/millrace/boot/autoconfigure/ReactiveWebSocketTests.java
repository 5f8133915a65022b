package io.millrace.boot.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A WebFlux application with WebSocket handlers that knows nothing of Millrace, while
 * Reactor Netty and Tomcat stand on the class path, and clients of others.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ReactiveWebSocketTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.reactive(Application.class);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void textsAndBytesComeBack() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open("/echo", messages);
		socket.sendText("héllo €", true).join();
		assertThat(messages.next()).isEqualTo("héllo €");
		socket.sendText("one ", false).join();
		socket.sendText("two", true).join();
		assertThat(messages.next()).isEqualTo("one two");
		socket.sendBinary(ByteBuffer.wrap(new byte[50_000]), true).join();
		int size = 0;
		while (size < 50_000) {
			size += Integer.parseInt(messages.next().substring("binary ".length()));
		}
		socket.sendPing(ByteBuffer.wrap(new byte[7])).join();
		assertThat(messages.next()).isEqualTo("pong 7");
		socket.sendClose(1000, "done").join();
		assertThat(messages.next()).isEqualTo("closed 1000 ");
	}

	@Test
	void aClientThatCompressesIsUnderstood() throws Exception {
		OkHttpClient client = new OkHttpClient();
		try {
			WebSocketMessages messages = new WebSocketMessages();
			okhttp3.WebSocket socket = client
				.newWebSocket(new Request.Builder().url("ws://localhost:" + server.port() + "/echo").build(), messages);
			String text = "a text that compresses well ".repeat(500);
			for (int i = 0; i < 3; i++) {
				socket.send(text + i);
			}
			for (int i = 0; i < 3; i++) {
				assertThat(messages.next()).isEqualTo(text + i);
			}
			socket.close(1000, null);
			assertThat(messages.next()).startsWith("closed 1000");
		}
		finally {
			client.dispatcher().executorService().shutdown();
			client.connectionPool().evictAll();
		}
	}

	@Test
	void springsOwnClientIsUnderstood() {
		List<String> received = new java.util.concurrent.CopyOnWriteArrayList<>();
		new ReactorNettyWebSocketClient().execute(URI.create("ws://localhost:" + server.port() + "/echo"),
				(session) -> session.send(Flux.range(0, 200).map((i) -> session.textMessage("message " + i)))
					.thenMany(session.receive().take(200).map(WebSocketMessage::getPayloadAsText))
					.doOnNext(received::add)
					.then())
			.block(Duration.ofSeconds(30));
		assertThat(received).hasSize(200).startsWith("message 0").endsWith("message 199");
	}

	@Test
	void aSessionKnowsItsHandshake() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = CLIENT.newWebSocketBuilder()
			.subprotocols("v1", "x")
			.header("X-Wanted", "this")
			.buildAsync(URI.create("ws://localhost:" + server.port() + "/facts?a=b"), messages)
			.get(20, TimeUnit.SECONDS);
		assertThat(socket.getSubprotocol()).isEqualTo("v1");
		assertThat(messages.next()).isEqualTo("v1 /facts?a=b this of-the-filter");
		assertThat(messages.next()).isEqualTo("closed 1000 ");
	}

	@Test
	void whatTheHandlerSaysIsSaid() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		open("/closing", messages);
		assertThat(messages.next()).isEqualTo("closed 4000 enough");
	}

	@Test
	void aHandlerThatFailsClosesItsSession(CapturedOutput output) throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		open("/failing", messages).sendText("now", true).join();
		assertThat(messages.next()).startsWith("closed 1011");
		Awaitility.await().untilAsserted(() -> assertThat(output).contains("as asked"));
	}

	@Test
	void aPingThatIsTooLargeIsAnErrorOfTheHandler() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		open("/large-ping", messages);
		assertThat(messages.next()).isEqualTo("IllegalArgumentException, cancelled true");
	}

	@Test
	void aHandlerThatOnlySendsSeesItsClientGo() throws Exception {
		Application.ticking = new CompletableFuture<>();
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open("/ticks", messages);
		assertThat(messages.next()).isEqualTo("0");
		assertThat(messages.next()).isEqualTo("1");
		socket.sendClose(1001, "").join();
		assertThat(Application.ticking.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
	}

	@Test
	void aClientThatIsKilledClosesItsSession() throws Exception {
		Application.ticking = new CompletableFuture<>();
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open("/ticks", messages);
		assertThat(messages.next()).isEqualTo("0");
		socket.abort();
		assertThat(Application.ticking.get(20, TimeUnit.SECONDS)).isEqualTo(1006);
	}

	@Test
	void aHandlerSendsNoFasterThanItsClientReads() throws Exception {
		Application.made.set(0);
		WebSocket socket = open("/flood", new WebSocket.Listener() {

			@Override
			public void onOpen(WebSocket socket) {
				// Nothing is requested.
			}

		});
		Awaitility.await().until(Application.made::get, (made) -> made > 0);
		Awaitility.await().during(Duration.ofMillis(500)).until(Application.made::get, (made) -> made < 5_000);
		socket.abort();
		// Nothing is made for a client that has gone.
		Awaitility.await().during(Duration.ofMillis(300)).until(Application.made::get, (made) -> made < 5_000);
	}

	@Test
	void aHandshakeThatIsNoneIsRefused() throws Exception {
		String head = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n";
		assertThat(
				server.raw(head + "Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
			.startsWith("HTTP/1.1 426")
			.containsIgnoringCase("Sec-WebSocket-Version: 13");
		assertThat(server.raw(head + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n"))
			.startsWith("HTTP/1.1 400");
		assertThat(server.raw(head + "Sec-WebSocket-Version: 13\r\n\r\n")).startsWith("HTTP/1.1 400");
	}

	@Test
	void aServiceOfTheApplicationsOwnLooksAtItsClients() throws Exception {
		try (TestServer guarded = TestServer.reactive(Guarded.class)) {
			URI uri = URI.create("ws://localhost:" + guarded.port() + "/echo");
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> CLIENT.newWebSocketBuilder().buildAsync(uri, new WebSocketMessages()).join())
				.havingRootCause()
				.withMessageContaining("401");
			WebSocketMessages messages = new WebSocketMessages();
			WebSocket socket = CLIENT.newWebSocketBuilder()
				.header("X-Token", "right")
				.buildAsync(uri, messages)
				.get(20, TimeUnit.SECONDS);
			socket.sendText("hello", true).join();
			assertThat(messages.next()).isEqualTo("hello");
			assertThat(guarded.context().getBean("adapter")).isInstanceOf(OwnAdapter.class);
		}
	}

	@Test
	void aPathWithoutHandlerIsNotFound() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> CLIENT.newWebSocketBuilder()
				.buildAsync(URI.create("ws://localhost:" + server.port() + "/nowhere"), new WebSocketMessages())
				.join())
			.havingRootCause()
			.withMessageContaining("404");
	}

	@Test
	void messagesOfAnySizeCanBeAllowedAndAreEncrypted(@TempDir Path directory) throws Exception {
		String[] tls = TlsFiles.pem(directory, "server.ssl.", TlsFiles.server("localhost"));
		try (TestServer secured = TestServer.reactive(Application.class, tls[0], tls[1],
				"millrace.websocket.max-message-size=1MB")) {
			WebSocketMessages messages = new WebSocketMessages();
			WebSocket socket = HttpClient.newBuilder()
				.sslContext(TlsFiles.trusting(null))
				.build()
				.newWebSocketBuilder()
				.buildAsync(URI.create("wss://localhost:" + secured.port() + "/echo"), messages)
				.get(20, TimeUnit.SECONDS);
			String text = "0123456789".repeat(100_000);
			socket.sendText(text, true).join();
			assertThat(messages.next()).isEqualTo(text);
			// A stop waits for goodbye.
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(secured::close,
					(run) -> new Thread(run, "stopping").start());
			assertThat(messages.next()).startsWith("closed 1001");
			stopped.get(30, TimeUnit.SECONDS);
		}
	}

	private static WebSocket open(String path, WebSocket.Listener listener) throws Exception {
		return CLIENT.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:" + server.port() + path), listener)
			.get(20, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		static final AtomicLong made = new AtomicLong();

		static volatile CompletableFuture<Integer> ticking = new CompletableFuture<>();

		@Bean
		HandlerMapping sockets() {
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			WebSocketHandler failing = (session) -> session.receive()
				.flatMap((message) -> Mono.error(new IllegalStateException("as asked")))
				.then();
			WebSocketHandler closing = (session) -> session.close(new CloseStatus(4000, "enough"));
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo, "/failing", failing, "/closing", closing, "/ticks",
					(WebSocketHandler) Application::tick, "/flood", (WebSocketHandler) Application::flood, "/facts",
					new Facts(), "/large-ping", (WebSocketHandler) Application::ping), -1);
		}

		private static Mono<Void> tick(WebSocketSession session) {
			CompletableFuture<Integer> told = ticking;
			session.closeStatus().subscribe((status) -> told.complete(status.getCode()));
			return session.send(
					Flux.interval(Duration.ZERO, Duration.ofMillis(20)).map((tick) -> session.textMessage("" + tick)));
		}

		private static Mono<Void> ping(WebSocketSession session) {
			java.util.concurrent.atomic.AtomicBoolean cancelled = new java.util.concurrent.atomic.AtomicBoolean();
			Flux<WebSocketMessage> pings = Flux
				.<WebSocketMessage>create((sink) -> sink.onCancel(() -> cancelled.set(true))
					.next(session.pingMessage((factory) -> factory.wrap(new byte[126]))));
			return session.send(pings)
				.onErrorResume((failure) -> session.send(Mono
					.just(session.textMessage(failure.getClass().getSimpleName() + ", cancelled " + cancelled.get()))));
		}

		private static Mono<Void> flood(WebSocketSession session) {
			byte[] bytes = new byte[10_000];
			return session.send(Flux.generate((sink) -> {
				made.incrementAndGet();
				sink.next(session.binaryMessage((factory) -> factory.wrap(bytes)));
			}));
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> chain.filter(exchange).contextWrite(Context.of("known", "of-the-filter"));
		}

	}

	/** Another one that decides itself who may open a WebSocket. */
	@Configuration(proxyBeanMethods = false)
	static class Guarded extends Application {

		@Bean
		WebSocketHandlerAdapter adapter() {
			return new OwnAdapter(new TokenService());
		}

	}

	private static final class OwnAdapter extends WebSocketHandlerAdapter {

		OwnAdapter(WebSocketService service) {
			super(service);
		}

	}

	private static final class TokenService extends HandshakeWebSocketService {

		@Override
		public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
			if ("right".equals(exchange.getRequest().getHeaders().getFirst("X-Token"))) {
				return super.handleRequest(exchange, handler);
			}
			exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
			return exchange.getResponse().setComplete();
		}

	}

	private static final class Facts implements WebSocketHandler {

		@Override
		public List<String> getSubProtocols() {
			return List.of("v1");
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.deferContextual((context) -> {
				URI uri = session.getHandshakeInfo().getUri();
				String facts = session.getHandshakeInfo().getSubProtocol() + " " + uri.getPath() + "?" + uri.getQuery()
						+ " " + Objects.requireNonNull(session.getHandshakeInfo().getHeaders().getFirst("X-Wanted"))
						+ " " + context.get("known");
				return session.send(Mono.just(session.textMessage(facts)));
			});
		}

	}

}
