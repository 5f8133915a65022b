package io.millrace.boot.autoconfigure;

import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;
import org.springframework.web.socket.sockjs.client.RestTemplateXhrTransport;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.Transport;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A Spring MVC application with WebSocket handlers, STOMP and SockJS that knows nothing
 * of Millrace, and clients of others.
 */
@Timeout(180)
class ServletWebSocketTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.servlet(Application.class, "server.shutdown=graceful");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void textsAndBytesComeBack() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open(server, "/echo", messages);
		assertThat(messages.next()).isEqualTo("welcome");
		socket.sendText("héllo €", true).join();
		assertThat(messages.next()).isEqualTo("héllo €");
		socket.sendText("one ", false).join();
		socket.sendText("two", true).join();
		assertThat(messages.next()).isEqualTo("one two");
		socket.sendBinary(ByteBuffer.wrap(new byte[1000]), true).join();
		assertThat(messages.next()).isEqualTo("binary 1000");
		socket.sendText("thread", true).join();
		assertThat(messages.next()).startsWith("millrace-worker");
		socket.sendText("ping", true).join();
		assertThat(messages.next()).isEqualTo("ponged 4");
		socket.sendClose(1000, "done").join();
		assertThat(messages.next()).isEqualTo("closed 1000 ");
		Awaitility.await().until(() -> Application.closed.contains("1000 done"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "virtual", "inline" })
	void handlersRunAsTheApplicationIsTold(String mode) throws Exception {
		if (mode.equals("virtual") && Runtime.version().feature() < 21) {
			return;
		}
		try (TestServer other = TestServer.servlet(Application.class, "millrace.worker.mode=" + mode)) {
			WebSocketMessages messages = new WebSocketMessages();
			WebSocket socket = open(other, "/echo", messages);
			assertThat(messages.next()).isEqualTo("welcome");
			socket.sendText("virtual?", true).join();
			assertThat(messages.next()).isEqualTo(mode.equals("virtual") ? "true" : "false");
			// As many as there are, in their order.
			for (int i = 0; i < 500; i++) {
				socket.sendText("message " + i, true).join();
			}
			for (int i = 0; i < 500; i++) {
				assertThat(messages.next()).isEqualTo("message " + i);
			}
		}
	}

	@Test
	void aClientThatCompressesIsUnderstood() throws Exception {
		OkHttpClient client = new OkHttpClient();
		try {
			WebSocketMessages messages = new WebSocketMessages();
			okhttp3.WebSocket socket = client
				.newWebSocket(new Request.Builder().url("ws://localhost:" + server.port() + "/echo").build(), messages);
			assertThat(messages.next()).isEqualTo("welcome");
			String text = "a text that compresses well ".repeat(500);
			for (int i = 0; i < 3; i++) {
				socket.send(text + i);
			}
			for (int i = 0; i < 3; i++) {
				assertThat(messages.next()).isEqualTo(text + i);
			}
			socket.send("extensions");
			assertThat(messages.next()).startsWith("permessage-deflate");
			socket.close(1000, null);
			assertThat(messages.next()).startsWith("closed 1000");
		}
		finally {
			client.dispatcher().executorService().shutdown();
			client.connectionPool().evictAll();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			permessage-deflate; client_max_window_bits | true
			permessage-deflate; server_max_window_bits=10; client_max_window_bits | true
			permessage-deflate; unknown, permessage-deflate; client_max_window_bits=15 | true
			permessage-deflate; unknown | false
			x-other | false
			""")
	void aBrowserThatCompressesIsUnderstood(String offer, boolean accepted) throws Exception {
		try (java.net.Socket socket = new java.net.Socket("localhost", server.port())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream()
				.write(("GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
						+ "Sec-WebSocket-Extensions: " + offer + "\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			StringBuilder head = new StringBuilder();
			while (head.indexOf("\r\n\r\n") < 0) {
				head.append((char) socket.getInputStream().read());
			}
			assertThat(head.toString()).startsWith("HTTP/1.1 101");
			assertThat(head.toString().toLowerCase().contains("sec-websocket-extensions: permessage-deflate"))
				.isEqualTo(accepted);
		}
	}

	@Test
	void tomcatsClientIsUnderstood() throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		WebSocketSession session = new StandardWebSocketClient().execute(new AbstractWebSocketHandler() {

			@Override
			protected void handleTextMessage(WebSocketSession session, TextMessage message) {
				received.add(message.getPayload());
			}

		}, "ws://localhost:" + server.port() + "/echo").get(20, TimeUnit.SECONDS);
		assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("welcome");
		for (int i = 0; i < 200; i++) {
			session.sendMessage(new TextMessage("message " + i));
		}
		for (int i = 0; i < 200; i++) {
			assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("message " + i);
		}
		session.close();
	}

	@Test
	void aSessionKnowsItsHandshake() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		String cookie = server.get("/login").headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
		WebSocket socket = CLIENT.newWebSocketBuilder()
			.subprotocols("x", "v1")
			.header("Cookie", cookie)
			.header("X-Wanted", "this")
			.buildAsync(URI.create("ws://localhost:" + server.port() + "/facts?a=b"), messages)
			.get(20, TimeUnit.SECONDS);
		assertThat(socket.getSubprotocol()).isEqualTo("v1");
		assertThat(messages.next()).isEqualTo("v1 /facts?a=b this somebody ada 65536 100000");
		assertThat(messages.next()).isEqualTo("closed 4000 enough");
	}

	@Test
	void aMessageThatIsTooLargeClosesItsSession() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open(server, "/echo", messages);
		assertThat(messages.next()).isEqualTo("welcome");
		socket.sendText("0".repeat(70_000), true).join();
		assertThat(messages.next()).startsWith("closed 1009");
	}

	@Test
	void aHandlerThatFailsClosesItsSession() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open(server, "/echo", messages);
		assertThat(messages.next()).isEqualTo("welcome");
		socket.sendText("fail", true).join();
		assertThat(messages.next()).startsWith("closed 1011");
	}

	@Test
	void theEndIsToldAfterTheBeginning() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		open(server, "/leaving", messages);
		assertThat(messages.next()).startsWith("closed 4000");
		assertThat(Application.left.poll(20, TimeUnit.SECONDS)).isEqualTo("established");
		assertThat(Application.left.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
	}

	@Test
	void aHandlerMayWantPieces() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open(server, "/pieces", messages);
		socket.sendText("one ", false).join();
		assertThat(messages.next()).isEqualTo("false one ");
		socket.sendText("two", true).join();
		assertThat(messages.next()).isEqualTo("true two");
	}

	@Test
	void aForeignOriginIsRefused() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> CLIENT.newWebSocketBuilder()
				.header("Origin", "http://elsewhere.example")
				.buildAsync(URI.create("ws://localhost:" + server.port() + "/echo"), new WebSocketMessages())
				.join())
			.havingRootCause()
			.withMessageContaining("403");
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
	}

	@Test
	void aStrategyOfTheApplicationsOwnIsLeftAlone() throws Exception {
		String head = "GET /own HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n";
		assertThat(
				server.raw(head + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
			.contains("X-Own: yes");
	}

	@Test
	void aClientThatIsKilledClosesItsSession() throws Exception {
		WebSocketMessages messages = new WebSocketMessages();
		WebSocket socket = open(server, "/echo", messages);
		assertThat(messages.next()).isEqualTo("welcome");
		Application.closed.clear();
		socket.abort();
		Awaitility.await().until(() -> Application.closed.containsAll(List.of("error", "1006 null")));
	}

	@Test
	void aHandlerWaitsForAClientThatDoesNotRead() throws Exception {
		Application.flooded.clear();
		BlockingQueue<WebSocket> opened = new LinkedBlockingQueue<>();
		WebSocket socket = open(server, "/flood", new WebSocket.Listener() {

			@Override
			public void onOpen(WebSocket socket) {
				opened.add(socket);
			}

		});
		assertThat(opened.poll(20, TimeUnit.SECONDS)).isSameAs(socket);
		socket.sendText("begin", true).join();
		// 100 MB are on their way, and it is not done before the client has gone.
		Awaitility.await()
			.during(java.time.Duration.ofMillis(300))
			.atMost(java.time.Duration.ofSeconds(20))
			.until(Application.flooded::isEmpty);
		socket.abort();
		assertThat(Application.flooded.poll(30, TimeUnit.SECONDS)).startsWith("ended before 2000: ");
	}

	// STOMP and SockJS

	@ParameterizedTest
	@EnumSource(Way.class)
	void stompIsSpoken(Way way) throws Exception {
		WebSocketStompClient client = new WebSocketStompClient(way.client());
		client.setMessageConverter(new StringMessageConverter());
		client.start();
		try {
			StompSession session = client.connectAsync(way.scheme + "://localhost:" + server.port() + way.path,
					new StompSessionHandlerAdapter() {
					})
				.get(30, TimeUnit.SECONDS);
			BlockingQueue<String> received = new LinkedBlockingQueue<>();
			session.subscribe("/user/queue/answers", new StompFrameHandler() {

				@Override
				public Type getPayloadType(StompHeaders headers) {
					return String.class;
				}

				@Override
				public void handleFrame(StompHeaders headers, @Nullable Object payload) {
					received.add(String.valueOf(payload));
				}

			});
			String first = null;
			while (first == null) {
				// Until the subscription has come through.
				session.send("/app/ask", "first");
				first = received.poll(200, TimeUnit.MILLISECONDS);
			}
			assertThat(first).isEqualTo("FIRST");
			String large = "x".repeat(6_000);
			session.send("/app/ask", large);
			String answer;
			do {
				answer = received.poll(20, TimeUnit.SECONDS);
			}
			while ("FIRST".equals(answer));
			assertThat(answer).isEqualTo(large.toUpperCase());
			session.disconnect();
		}
		finally {
			client.stop();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "eventsource", "htmlfile?c=callback", "xhr_streaming", "xhr" })
	void sockJsOffersAllItsTransports(String transport) throws Exception {
		String type = transport.split("\\?")[0];
		String method = type.startsWith("xhr") ? "POST" : "GET";
		assertThat(server.get("/sockjs/info").body()).contains("\"websocket\":true");
		String id = "/sockjs/000/" + type.replace("_", "");
		try (java.net.Socket socket = new java.net.Socket("localhost", server.port())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream()
				.write((method + " " + id + "/" + transport
						+ " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			StringBuilder seen = new StringBuilder();
			byte[] part = new byte[8192];
			int size;
			// The frame that opens a session, however it is dressed.
			while (!seen.toString().matches("(?s).*(data: |\"|\\R)o(\\\\n|\\R|\").*")
					&& (size = socket.getInputStream().read(part)) > 0) {
				seen.append(new String(part, 0, size, StandardCharsets.ISO_8859_1));
			}
			assertThat(seen.toString()).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void everybodyIsToldWhenTheServerStops() throws Exception {
		TestServer other = TestServer.servlet(Application.class, "server.shutdown=graceful");
		WebSocketMessages messages = new WebSocketMessages();
		open(other, "/echo", messages);
		assertThat(messages.next()).isEqualTo("welcome");
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(other::close,
				(run) -> new Thread(run, "stopping").start());
		assertThat(messages.next()).startsWith("closed 1001");
		stopped.get(30, TimeUnit.SECONDS);
	}

	private static WebSocket open(TestServer server, String path, WebSocket.Listener listener) throws Exception {
		return CLIENT.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:" + server.port() + path), listener)
			.get(20, TimeUnit.SECONDS);
	}

	enum Way {

		WEB_SOCKET("ws", "/stomp"), SOCKJS_WEB_SOCKET("http", "/sockjs"), SOCKJS_XHR_STREAMING("http", "/sockjs"),
		SOCKJS_XHR("http", "/sockjs");

		private final String scheme;

		private final String path;

		Way(String scheme, String path) {
			this.scheme = scheme;
			this.path = path;
		}

		WebSocketClient client() {
			StandardWebSocketClient standard = new StandardWebSocketClient();
			RestTemplateXhrTransport xhr = new RestTemplateXhrTransport(new RestTemplate());
			xhr.setXhrStreamingDisabled(this == SOCKJS_XHR);
			Transport transport = (this == SOCKJS_WEB_SOCKET) ? new WebSocketTransport(standard) : xhr;
			return (this == WEB_SOCKET) ? standard : new SockJsClient(List.of(transport));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSocket
	@EnableWebSocketMessageBroker
	static class Application implements WebSocketConfigurer, WebSocketMessageBrokerConfigurer {

		static final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

		static final BlockingQueue<String> left = new LinkedBlockingQueue<>();

		static final BlockingQueue<String> flooded = new LinkedBlockingQueue<>();

		@Override
		public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
			registry.addHandler(new Echo(), "/echo");
			registry.addHandler(new Pieces(), "/pieces");
			registry.addHandler(new Flood(), "/flood");
			registry.addHandler(new Leaving(), "/leaving");
			registry.addHandler(new Facts(), "/facts")
				.addInterceptors(new HttpSessionHandshakeInterceptor())
				.setHandshakeHandler(new KnownUser());
			registry.addHandler(new Echo(), "/own").setHandshakeHandler(new DefaultHandshakeHandler(new Own()));
		}

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/stomp");
			registry.addEndpoint("/sockjs").withSockJS();
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.enableSimpleBroker("/queue", "/topic");
			registry.setApplicationDestinationPrefixes("/app");
		}

		@Bean
		Answers answers() {
			return new Answers();
		}

		@Bean
		Login login() {
			return new Login();
		}

	}

	@Controller
	static class Answers {

		@MessageMapping("/ask")
		@SendToUser("/queue/answers")
		String ask(String question) {
			return question.toUpperCase();
		}

	}

	@RestController
	static class Login {

		@GetMapping("/login")
		String login(HttpServletRequest request) {
			request.getSession().setAttribute("who", "somebody");
			return "in";
		}

	}

	private static final class Echo extends AbstractWebSocketHandler {

		@Override
		public void afterConnectionEstablished(WebSocketSession session) throws Exception {
			session.sendMessage(new TextMessage("welcome"));
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
			String text = message.getPayload();
			switch (text) {
				case "fail" -> throw new IllegalStateException("as asked");
				case "ping" -> session.sendMessage(new PingMessage(ByteBuffer.allocate(4)));
				case "thread" -> session.sendMessage(new TextMessage(Thread.currentThread().getName()));
				case "virtual?" -> session
					.sendMessage(new TextMessage("" + Thread.currentThread().toString().startsWith("VirtualThread")));
				case "extensions" -> session.sendMessage(new TextMessage(
						String.join(",", session.getExtensions().stream().map(WebSocketExtension::toString).toList())));
				default -> session.sendMessage(message);
			}
		}

		@Override
		protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws Exception {
			session.sendMessage(message);
		}

		@Override
		protected void handlePongMessage(WebSocketSession session, org.springframework.web.socket.PongMessage message)
				throws Exception {
			session.sendMessage(new TextMessage("ponged " + message.getPayloadLength()));
		}

		@Override
		public void handleTransportError(WebSocketSession session, Throwable exception) {
			Application.closed.add("error");
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			Application.closed.add(status.getCode() + " " + status.getReason());
		}

	}

	private static final class Pieces implements WebSocketHandler {

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
		}

		@Override
		public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
			session.sendMessage(new TextMessage(message.isLast() + " " + message.getPayload()));
		}

		@Override
		public void handleTransportError(WebSocketSession session, Throwable exception) {
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		}

		@Override
		public boolean supportsPartialMessages() {
			return true;
		}

	}

	private static final class Leaving extends AbstractWebSocketHandler {

		private final java.util.concurrent.CountDownLatch closed = new java.util.concurrent.CountDownLatch(1);

		@Override
		public void afterConnectionEstablished(WebSocketSession session) throws Exception {
			session.close(new CloseStatus(4000));
			// The client answers meanwhile.
			this.closed.await(500, TimeUnit.MILLISECONDS);
			Application.left.add("established");
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			Application.left.add("closed");
			this.closed.countDown();
		}

	}

	private static final class Flood extends AbstractWebSocketHandler {

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) {
			int sent = 0;
			try {
				for (; sent < 2000; sent++) {
					session.sendMessage(new BinaryMessage(new byte[50_000]));
				}
				Application.flooded.add("all");
			}
			catch (Exception ex) {
				Application.flooded.add("ended before 2000: " + sent);
			}
		}

	}

	private static final class Facts extends AbstractWebSocketHandler
			implements org.springframework.web.socket.SubProtocolCapable {

		@Override
		public List<String> getSubProtocols() {
			return List.of("v1");
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) throws Exception {
			session.setBinaryMessageSizeLimit(100_000);
			URI uri = session.getUri();
			Principal user = session.getPrincipal();
			session.sendMessage(new TextMessage(session.getAcceptedProtocol() + " " + uri.getPath() + "?"
					+ uri.getQuery() + " " + session.getHandshakeHeaders().getFirst("X-Wanted") + " "
					+ session.getAttributes().get("who") + " " + user.getName() + " "
					+ session.getTextMessageSizeLimit() + " " + session.getBinaryMessageSizeLimit()));
			assertThat(session.getRemoteAddress().getAddress().isLoopbackAddress()).isTrue();
			assertThat(session.getLocalAddress().getPort()).isPositive();
			session.close(new CloseStatus(4000, "enough"));
		}

	}

	// As applications do to say who somebody is.
	private static final class KnownUser extends DefaultHandshakeHandler {

		@Override
		protected Principal determineUser(ServerHttpRequest request, WebSocketHandler handler,
				Map<String, Object> attributes) {
			return () -> "ada";
		}

	}

	private static final class Own implements RequestUpgradeStrategy {

		@Override
		public String[] getSupportedVersions() {
			return new String[] { "13" };
		}

		@Override
		public List<WebSocketExtension> getSupportedExtensions(ServerHttpRequest request) {
			return List.of();
		}

		@Override
		public void upgrade(ServerHttpRequest request, ServerHttpResponse response, @Nullable String protocol,
				List<WebSocketExtension> extensions, @Nullable Principal user, WebSocketHandler handler,
				Map<String, Object> attributes) {
			response.getHeaders().set("X-Own", "yes");
		}

	}

}
