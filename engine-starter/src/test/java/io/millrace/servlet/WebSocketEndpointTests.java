package io.millrace.servlet;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient.Response;
import io.millrace.servlet.FrameClient.Frame;
import io.millrace.servlet.tyrus.EndpointContainer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.WebSocketListener;
import org.awaitility.Awaitility;
import org.glassfish.tyrus.client.ClientManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link EndpointContainer} over real sockets: what Jakarta WebSocket 2.2 asks
 * of a container, by clients that know nothing of Tyrus, mostly.
 */
class WebSocketEndpointTests {

	private static final List<String> events = new CopyOnWriteArrayList<>();

	// Sessions of endpoints that tell of their end.
	private static final AtomicInteger live = new AtomicInteger();

	private static final AtomicReference<EndpointContainer> container = new AtomicReference<>();

	private static TestServer server;

	@BeforeAll
	static void start() throws Exception {
		server = TestServer.start((application) -> {
			install(application, Map.of("org.apache.tomcat.websocket.textBufferSize", "70000"));
			TestServer.addFilter(application, "login", WebSocketEndpointTests::login, "/*");
			TestServer.add(application, "dynamic", WebSocketEndpointTests::upgrade, "/dynamic/*");
			TestServer.add(application, "logout", (request, response) -> request.getSession().invalidate(), "/logout");
			TestServer.add(application, "plain", (request, response) -> response.getWriter().print("http"), "/plain",
					"/echo");
			TestServer.add(application, "rest", (request, response) -> response.sendError(404), "/");
			deploy(Echo.class, Room.class, Lobby.class, Seat.class, Parts.class, Info.class, Failing.class,
					Closing.class, Coded.class, Big.class, Streaming.class, Flood.class);
			add(ServerEndpointConfig.Builder.create(Described.class, "/described/{id}")
				.subprotocols(List.of("v2", "v1"))
				.configurator(new Careful())
				.build());
			container.get().accepting(true);
		});
	}

	@AfterAll
	static void stop() throws Exception {
		server.close();
		container.get().stop();
	}

	@BeforeEach
	void forget() {
		events.clear();
	}

	@AfterEach
	void awaitEnd() {
		Awaitility.await().until(() -> live.get() == 0);
	}

	private static EndpointContainer install(ServletApplication application, Map<String, String> parameters) {
		EndpointContainer installed = EndpointContainer.install(application, parameters);
		assertThat(application.getAttribute("jakarta.websocket.server.ServerContainer")).isSameAs(installed);
		application.addInitializer((classes, context) -> installed.addFilter(application), Set.of());
		container.set(installed);
		return installed;
	}

	private static void deploy(Class<?>... types) {
		for (Class<?> type : types) {
			try {
				container.get().addEndpoint(type);
			}
			catch (DeploymentException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private static void add(ServerEndpointConfig config) {
		try {
			container.get().addEndpoint(config);
		}
		catch (DeploymentException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// Somebody who says his name has logged in, which is kept in his session.
	private static void login(jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response,
			jakarta.servlet.FilterChain chain) throws IOException, jakarta.servlet.ServletException {
		HttpServletRequest http = (HttpServletRequest) request;
		if (http.getHeader("X-Forbidden") != null) {
			((HttpServletResponse) response).sendError(403);
			return;
		}
		String user = http.getHeader("X-User");
		if (user == null) {
			chain.doFilter(request, response);
			return;
		}
		HttpSession session = http.getSession();
		session.setAttribute("user", user);
		chain.doFilter(new HttpServletRequestWrapper(http) {

			@Override
			public Principal getUserPrincipal() {
				return () -> user;
			}

			@Override
			public boolean isUserInRole(String role) {
				return role.equals("editor");
			}

		}, response);
	}

	private static void upgrade(HttpServletRequest request, HttpServletResponse response) throws IOException {
		ServerContainer found = (ServerContainer) request.getServletContext()
			.getAttribute("jakarta.websocket.server.ServerContainer");
		ServerEndpointConfig config = (request.getParameter("annotated") != null)
				? ServerEndpointConfig.Builder.create(Room.class, "/anywhere/{room}/{who}").build() : Dynamic.CONFIG;
		try {
			found.upgradeHttpToWebSocket(request, response, config, Map.of("room", "blue", "who", "eve"));
		}
		catch (DeploymentException ex) {
			response.sendError(400, ex.getMessage());
		}
	}

	private static FrameClient client() throws IOException {
		return new FrameClient(server.client());
	}

	private static FrameClient connect(String path, String... headers) throws IOException {
		FrameClient client = client();
		assertThat(client.open(path, headers).status()).isEqualTo(101);
		return client;
	}

	private static void awaitEvents(String... expected) {
		Awaitility.await().untilAsserted(() -> assertThat(events).containsExactly(expected));
	}

	@Test
	void aHandshakeIsAnsweredAsTheRfcSays() throws Exception {
		try (FrameClient client = client()) {
			Response response = client.open("/echo");
			assertThat(response.statusLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
			assertThat(response.headers()).containsEntry("upgrade", "websocket")
				.containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
				.doesNotContainKeys("sec-websocket-protocol", "sec-websocket-extensions", "content-length",
						"set-cookie");
			assertThat(response.header("connection")).isEqualToIgnoringCase("upgrade");
			assertThat(client.text("hello").receive().text()).isEqualTo("hello");
			assertThat(client.send(FrameClient.CLOSE, new byte[] { 3, (byte) 0xe8 }).receive().code()).isEqualTo(1000);
			assertThat(client.isEnded()).isTrue();
		}
		awaitEvents("open", "close 1000");
	}

	@Test
	void whatIsNoHandshakeGoesOnToTheServlet() throws Exception {
		assertThat(server.get("/echo").body()).isEqualTo("http");
		try (FrameClient client = client()) {
			assertThat(client.open("/plain").status()).isEqualTo(200);
		}
		try (FrameClient client = client()) {
			assertThat(client.raw().send(FrameClient.request("/echo").replace("GET", "PUT")).receiveHead().status())
				.isEqualTo(200);
		}
		try (FrameClient client = client()) {
			assertThat(client.open("/nowhere").status()).isEqualTo(404);
		}
	}

	@Test
	void aHandshakeThatIsWrongIsRefused() throws Exception {
		try (FrameClient client = client()) {
			Response response = client.raw()
				.send(FrameClient.request("/echo").replace("Version: 13", "Version: 8"))
				.receiveHead();
			assertThat(response.status()).isEqualTo(426);
			assertThat(response.header("sec-websocket-version")).contains("13");
		}
		try (FrameClient client = client()) {
			assertThat(client.raw()
				.send(FrameClient.request("/echo").replace("dGhlIHNhbXBsZSBub25jZQ==", "short"))
				.receiveHead()
				.status()).isEqualTo(400);
		}
		try (FrameClient client = client()) {
			assertThat(client.raw()
				.send(FrameClient.request("/echo").replaceAll("Sec-WebSocket-Key.*\r\n", ""))
				.receiveHead()
				.status()).isEqualTo(400);
		}
		try (FrameClient client = client()) {
			assertThat(client.raw()
				.send(FrameClient.request("/echo").replace("Connection: Upgrade\r\n", ""))
				.receiveHead()
				.status()).isEqualTo(400);
		}
		try (FrameClient client = client()) {
			assertThat(client.open("/echo", "X-Forbidden: yes").status()).isEqualTo(403);
		}
		assertThat(events).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/rooms/red/ann, room red ann", "/rooms/lobby/ann, lobby ann", "/rooms/lobby/me, my seat",
			"/rooms/r%20d/%C3%BC, room r d ü", "/rooms/red;x=1/ann;y=2, room red ann",
			"/rooms//red/../red/ann, room red ann" })
	void theMostExactPathWins(String path, String expected) throws Exception {
		try (FrameClient client = connect(path)) {
			assertThat(client.text("who").receive().text()).isEqualTo(expected);
		}
	}

	@Test
	void anEndpointIsToldOfEverythingInOrder() throws Exception {
		try (FrameClient client = connect("/echo")) {
			for (int i = 0; i < 500; i++) {
				client.text("message " + i);
			}
			for (int i = 0; i < 500; i++) {
				assertThat(client.receive().text()).isEqualTo("message " + i);
			}
			assertThat(client.send(FrameClient.BINARY, new byte[] { 1, 2, 3 }).receive().payload()).containsExactly(1,
					2, 3);
			Frame pong = client.send(FrameClient.PING, new byte[] { 7 }).receive();
			assertThat(pong.head()).isEqualTo(FrameClient.PONG);
			assertThat(pong.payload()).containsExactly(7);
			client.send(FrameClient.PONG, "alive".getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> events.contains("pong alive"));
			client.send(FrameClient.CLOSE, new byte[] { 0xf, (byte) 0xa0 });
			assertThat(client.receive().code()).isEqualTo(4000);
		}
		awaitEvents("open", "pong alive", "close 4000");
	}

	@Test
	void aFrameMayComeByteByByte() throws Exception {
		try (FrameClient client = connect("/echo")) {
			byte[] large = "x".repeat(200).getBytes(StandardCharsets.US_ASCII);
			for (byte octet : FrameClient.frame(FrameClient.TEXT, large, true)) {
				client.sendRaw(new byte[] { octet });
			}
			assertThat(client.receive().payload()).isEqualTo(large);
		}
	}

	@Test
	void aMessageMayComeInPartsWithPingsBetween() throws Exception {
		try (FrameClient client = connect("/echo")) {
			client.send(0x01, "one ".getBytes(StandardCharsets.US_ASCII));
			client.send(FrameClient.PING, new byte[0]);
			client.send(0x00, "two ".getBytes(StandardCharsets.US_ASCII));
			client.send(FrameClient.FIN, "three".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().head()).isEqualTo(FrameClient.PONG);
			assertThat(client.receive().text()).isEqualTo("one two three");
		}
		try (FrameClient client = connect("/parts")) {
			client.send(0x01, "one".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().text()).isEqualTo("part one");
			client.send(FrameClient.FIN, "two".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().text()).isEqualTo("last two");
		}
		try (FrameClient client = connect("/streaming")) {
			client.text("as a stream");
			assertThat(client.receive().text()).isEqualTo("as a stream");
		}
	}

	@Test
	void aSessionTellsOfItsRequest() throws Exception {
		try (FrameClient client = connect("/info/7?a=1&a=2&b=%20", "X-User: ann")) {
			assertThat(client.receive().text()).isEqualTo("ws://localhost:80/info/7?a=1&a=2&b=%20");
			assertThat(client.receive().text()).isEqualTo("a=1&a=2&b=%20");
			assertThat(client.receive().text()).isEqualTo("[1, 2]");
			assertThat(client.receive().text()).isEqualTo("7");
			assertThat(client.receive().text()).isEqualTo("ann");
			assertThat(client.receive().text()).isEqualTo("open, not secure, version 13, 1 of 1");
		}
		awaitEnd();
		try (FrameClient one = connect("/info/1")) {
			assertThat(sixth(one)).contains("1 of 1");
			try (FrameClient two = connect("/info/2")) {
				assertThat(sixth(two)).contains("2 of 2");
			}
		}
	}

	private static String sixth(FrameClient client) throws IOException {
		for (int i = 0; i < 5; i++) {
			client.receive();
		}
		return client.receive().text();
	}

	@Test
	void aConfiguratorSeesAndChangesTheHandshake() throws Exception {
		try (FrameClient client = client()) {
			Response response = client.open("/described/9", "Sec-WebSocket-Protocol: v0, v1, v2", "X-User: ann",
					"Origin: http://good");
			assertThat(response.status()).isEqualTo(101);
			assertThat(response.header("sec-websocket-protocol")).isEqualTo("v1");
			assertThat(response.header("x-answer")).isEqualTo("42");
			assertThat(client.receive().text()).isEqualTo("ann editor [user=ann] http://good v1 9");
		}
		try (FrameClient client = client()) {
			assertThat(client.open("/described/9", "Origin: http://evil").status()).isEqualTo(403);
		}
		try (FrameClient client = client()) {
			assertThat(client.open("/described/9", "Sec-WebSocket-Protocol: v0").headers())
				.doesNotContainKey("sec-websocket-protocol");
			assertThat(client.receive().text()).isEqualTo("nobody [] null  9");
		}
	}

	@Test
	void anEndpointThatFailsIsToldAndGoesOn() throws Exception {
		try (FrameClient client = connect("/failing")) {
			assertThat(client.text("please").receive().text()).isEqualTo("sorry: please");
			assertThat(client.text("again").receive().text()).isEqualTo("sorry: again");
		}
	}

	@Test
	void aMessageOfAnotherTypeIsDecodedAndEncoded() throws Exception {
		try (FrameClient client = connect("/coded")) {
			assertThat(client.text("20").receive().text()).isEqualTo("<21>");
			assertThat(client.text("no number").receive().text()).isEqualTo("cannot decode");
		}
	}

	@Test
	void anEndpointClosesWithCodeAndReason() throws Exception {
		try (FrameClient client = connect("/closing")) {
			Frame close = client.text("4321").receive();
			assertThat(close.code()).isEqualTo(4321);
			assertThat(close.text()).endsWith("on demand");
			assertThat(client.isEnded()).isTrue();
		}
		awaitEvents("closed 4321");
	}

	@Test
	void aSilentSessionIsClosed() throws Exception {
		try (FrameClient client = connect("/closing")) {
			client.text("idle 100");
			assertThat(client.receive().head()).isEqualTo(FrameClient.CLOSE);
		}
		awaitEvents("closed 1006");
	}

	@Test
	void aClientThatIsGoneIsAnAbnormalClose() throws Exception {
		try (FrameClient client = connect("/echo")) {
			client.text("x").receive();
			client.raw().socket().setSoLinger(true, 0);
		}
		awaitEvents("open", "close 1006");
		events.clear();
		try (FrameClient client = connect("/echo")) {
			client.raw().socket().shutdownOutput();
			client.receive();
			assertThat(client.isEnded()).isTrue();
		}
		awaitEvents("open", "close 1006");
	}

	@ParameterizedTest
	@CsvSource({ "8105, 1002", "8100, 1002", "830101020304, 1002", "8b8001020304, 1002", "098001020304, 1002",
			"89fe007e01020304, 1002", "81fe000501020304, 1002", "81ff000000000000ffff, 1002",
			"81ffffffffffffffffff, 1002", "81ff0000000000ffffff, 1009", "82ff7fffffffffffffff, 1009",
			"c18001020304, 1002", "a18001020304, 1002", "808001020304, 1002", "8182010203 04c1c0, 1007",
			"888101020304ff, 1002", "888201020304 02ef, 1002" })
	void whatMustNotBeIsClosedWithTheCodeOfTheRfc(String bytes, int code) throws Exception {
		try (FrameClient client = connect("/echo")) {
			client.text("before");
			client.sendRaw(java.util.HexFormat.of().parseHex(bytes.replace(" ", "")));
			assertThat(client.receive().text()).isEqualTo("before");
			Frame close = client.receive();
			assertThat(close.head()).isEqualTo(FrameClient.CLOSE);
			assertThat(close.code()).isEqualTo(code);
			assertThat(client.isEnded()).isTrue();
		}
		Awaitility.await().until(() -> events.size() == 2);
		assertThat(events).containsExactly("open", "close " + code);
	}

	@Test
	void whatMustNotBeIsCountedOnce() throws Exception {
		long before = violations();
		try (FrameClient client = connect("/echo")) {
			client.sendRaw(FrameClient.frame(FrameClient.TEXT, new byte[10], false));
			assertThat(client.receive().code()).isEqualTo(1002);
		}
		assertThat(violations()).isEqualTo(before + 1);
	}

	private static long violations() {
		return server.engine().snapshot().refusals().protocolErrors().getOrDefault("websocket", 0L);
	}

	@Test
	void aMessageIsAsLargeAsItMayBe() throws Exception {
		byte[] most = "x".repeat(70_000).getBytes(StandardCharsets.US_ASCII);
		try (FrameClient client = connect("/echo")) {
			assertThat(client.send(FrameClient.TEXT, most).receive().payload()).isEqualTo(most);
			client.send(FrameClient.TEXT, "x".repeat(70_001).getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().code()).isEqualTo(1009);
		}
		try (FrameClient client = connect("/echo")) {
			client.send(0x01, most).send(0x80, new byte[] { 'x' });
			assertThat(client.receive().code()).isEqualTo(1009);
		}
		try (FrameClient client = connect("/big")) {
			byte[] bigger = "x".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
			assertThat(client.send(FrameClient.TEXT, bigger).receive().text()).isEqualTo("200000");
			client.send(FrameClient.TEXT, "x".repeat(200_001).getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().code()).isEqualTo(1009);
		}
	}

	@Test
	void whoeverTakesNothingHoldsUpHisOwnEndpointOnly() throws Exception {
		try (FrameClient slow = connect("/flood"); FrameClient other = connect("/echo")) {
			slow.text("blocking 10000000");
			assertThat(other.text("still here").receive().text()).isEqualTo("still here");
			long received = 0;
			Frame frame;
			while ((frame = slow.receive()).head() == FrameClient.BINARY) {
				received += frame.payload().length;
			}
			assertThat(received).isEqualTo(10_000_000);
			assertThat(frame.text()).isEqualTo("all sent");
		}
	}

	@Test
	void anotherThreadMaySendWhileTheEndpointWaits() throws Exception {
		try (FrameClient client = connect("/flood")) {
			client.text("elsewhere 5000000");
			long received = 0;
			Frame frame;
			while ((frame = client.receive()).head() == FrameClient.BINARY) {
				received += frame.payload().length;
			}
			assertThat(received).isEqualTo(5_000_000);
			assertThat(frame.text()).isEqualTo("all sent");
		}
	}

	@Test
	void asynchronousSendsTellTheirHandlers() throws Exception {
		try (FrameClient client = connect("/flood")) {
			client.text("asynchronous 200");
			for (int i = 0; i < 200; i++) {
				assertThat(client.receive().payload()).hasSize(50_000);
			}
			assertThat(client.receive().text()).isEqualTo("200 told");
		}
	}

	@Test
	void whoeverLeavesTooMuchWaitingIsCut() throws Exception {
		try (FrameClient client = connect("/flood")) {
			client.text("asynchronous 1000");
			Awaitility.await().until(() -> events.contains("failed"));
			awaitClosed();
		}
	}

	private static void awaitClosed() {
		Awaitility.await().until(() -> events.stream().anyMatch((event) -> event.startsWith("flooded")));
		assertThat(events).contains("flooded 1006");
	}

	@Test
	void theEndOfALoginIsTheEndOfItsConnections() throws Exception {
		try (FrameClient client = client(); FrameClient stranger = connect("/closing")) {
			String cookie = client.open("/closing", "X-User: ann").header("set-cookie").split(";")[0];
			assertThat(server.get("/logout", Map.of("Cookie", cookie)).status()).isEqualTo(200);
			assertThat(client.receive().code()).isEqualTo(1008);
			assertThat(stranger.text("4000").receive().code()).isEqualTo(4000);
		}
	}

	@Test
	void anApplicationMayUpgradeItself() throws Exception {
		try (FrameClient one = connect("/dynamic/red");
				FrameClient two = connect("/dynamic/red");
				FrameClient other = connect("/dynamic/blue")) {
			other.text("count");
			assertThat(other.receive().text()).isEqualTo("blue ws://localhost:80/dynamic/blue 1");
			Awaitility.await().untilAsserted(() -> {
				one.text("count");
				assertThat(one.receive().text()).isEqualTo("blue ws://localhost:80/dynamic/red 2");
			});
			two.text("count");
			assertThat(two.receive().text()).isEqualTo("blue ws://localhost:80/dynamic/red 2");
		}
		try (FrameClient client = connect("/dynamic/x?annotated")) {
			assertThat(client.text("who").receive().text()).isEqualTo("room blue eve");
		}
		assertThat(server.get("/dynamic/red").status()).isEqualTo(400);
	}

	@Test
	void theClientOfTheJdkIsServed() throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		WebSocket socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.subprotocols("v2", "v1")
			.buildAsync(URI.create("ws://localhost:" + server.port() + "/described/5"), new WebSocket.Listener() {

				@Override
				public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
					received.add(data.toString());
					webSocket.request(1);
					return null;
				}

				@Override
				public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
					received.add("closed " + code);
					return null;
				}

			})
			.join();
		assertThat(socket.getSubprotocol()).isEqualTo("v2");
		assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("nobody [] null v2 5");
		socket.sendText("he", false).join();
		socket.sendText("llo", true).join();
		assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("described hello");
		socket.sendClose(4001, "bye").join();
		assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("closed 4001");
	}

	@Test
	void aClientThatCompressesIsServed() throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		OkHttpClient http = new OkHttpClient();
		try {
			CompletableFuture<okhttp3.Response> opened = new CompletableFuture<>();
			okhttp3.WebSocket socket = http.newWebSocket(
					new Request.Builder().url("http://localhost:" + server.port() + "/echo").build(),
					new WebSocketListener() {

						@Override
						public void onOpen(okhttp3.WebSocket webSocket, okhttp3.Response response) {
							opened.complete(response);
						}

						@Override
						public void onMessage(okhttp3.WebSocket webSocket, String text) {
							received.add(text);
						}

						@Override
						public void onFailure(okhttp3.WebSocket webSocket, Throwable thrown,
								okhttp3.Response response) {
							received.add("failed: " + thrown);
						}

					});
			assertThat(opened.get(20, TimeUnit.SECONDS).header("Sec-WebSocket-Extensions"))
				.startsWith("permessage-deflate");
			for (String message : List.of("short", "long ".repeat(10_000), "", "ü".repeat(2000),
					"again ".repeat(500))) {
				socket.send(message);
				assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(message);
			}
			socket.close(1000, null);
		}
		finally {
			http.dispatcher().executorService().shutdown();
			http.connectionPool().evictAll();
		}
	}

	@Test
	void aCompressedMessageIsNoLargerThanItMayBe() throws Exception {
		try (FrameClient client = connect("/echo", "Sec-WebSocket-Extensions: permessage-deflate")) {
			java.io.ByteArrayOutputStream bomb = new java.io.ByteArrayOutputStream();
			java.util.zip.Deflater deflater = new java.util.zip.Deflater(9, true);
			deflater.setInput(new byte[60_000_000]);
			deflater.finish();
			byte[] piece = new byte[8192];
			while (!deflater.finished()) {
				bomb.write(piece, 0, deflater.deflate(piece));
			}
			deflater.end();
			client.send(0xc1, bomb.toByteArray());
			assertThat(client.receive().code()).isEqualTo(1009);
			assertThat(client.isEnded()).isTrue();
		}
		try (FrameClient client = connect("/echo", "Sec-WebSocket-Extensions: permessage-deflate")) {
			// RFC 7692 §7.2.3.4: the last block is marked as such.
			client.send(0xc1, java.util.HexFormat.of().parseHex("f348cdc9c9070000"));
			assertThat(client.receive().text()).isEqualTo("Hello");
			client.send(0xc1, new byte[] { 7, 7, 7 });
			assertThat(client.receive().code()).isEqualTo(1007);
		}
	}

	@Test
	void theClientOfTyrusIsServed() throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		ClientManager manager = ClientManager.createClient();
		try (Session session = manager.connectToServer(new Endpoint() {

			@Override
			public void onOpen(Session opened, EndpointConfig config) {
				opened.addMessageHandler(String.class, (MessageHandler.Whole<String>) received::add);
			}

		}, ClientEndpointConfig.Builder.create().build(), URI.create("ws://localhost:" + server.port() + "/echo"))) {
			session.getBasicRemote().sendText("from Tyrus");
			assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("from Tyrus");
		}
		finally {
			manager.shutdown();
		}
		awaitEvents("open", "close 1000");
	}

	@Test
	void endpointsThatAreWrongAreRefusedWhereTheyAreAdded() throws Exception {
		EndpointContainer fresh = fresh();
		fresh.addEndpoint(Echo.class);
		assertThatExceptionOfType(DeploymentException.class).isThrownBy(() -> fresh.addEndpoint(Echo.class));
		assertThatExceptionOfType(DeploymentException.class)
			.isThrownBy(() -> fresh.addEndpoint(ServerEndpointConfig.Builder.create(Described.class, "/echo").build()));
		fresh.addEndpoint(Room.class);
		assertThatExceptionOfType(DeploymentException.class).isThrownBy(() -> fresh
			.addEndpoint(ServerEndpointConfig.Builder.create(Described.class, "/rooms/{a}/{b}").build()));
		assertThatExceptionOfType(DeploymentException.class).isThrownBy(() -> fresh.addEndpoint(String.class))
			.withMessageContaining("java.lang.String");
		assertThatExceptionOfType(DeploymentException.class).isThrownBy(() -> fresh.addEndpoint(TwoTexts.class));
		assertThatExceptionOfType(DeploymentException.class).isThrownBy(() -> fresh.addEndpoint(WrongParameter.class));
		assertThatExceptionOfType(DeploymentException.class)
			.isThrownBy(() -> fresh.addEndpoint(ServerEndpointConfig.Builder.create(String.class, "/s").build()));
		fresh.accepting(true);
		assertThatIllegalStateException().isThrownBy(() -> fresh.addEndpoint(Lobby.class));
		fresh.stop();
	}

	private static EndpointContainer fresh() throws IOException {
		ServletApplication application = new ServletApplication(TestServer.options().build(),
				WebSocketEndpointTests.class.getClassLoader());
		EndpointContainer fresh = EndpointContainer.install(application, Map.of());
		assertThat(fresh.getDefaultMaxTextMessageBufferSize()).isEqualTo(64 * 1024);
		return fresh;
	}

	@ServerEndpoint("/echo")
	public static class Echo {

		@OnOpen
		public void open() {
			live.incrementAndGet();
			events.add("open");
		}

		@OnMessage
		public String text(String text) {
			return text;
		}

		@OnMessage
		public byte[] binary(byte[] bytes) {
			return bytes;
		}

		@OnMessage
		public void pong(PongMessage pong) {
			events.add("pong " + StandardCharsets.US_ASCII.decode(pong.getApplicationData()));
		}

		@OnClose
		public void close(CloseReason reason) {
			events.add("close " + reason.getCloseCode().getCode());
			live.decrementAndGet();
		}

		@OnError
		public void error(Throwable thrown) {
			// What is too large, for example: the close says so.
		}

	}

	@ServerEndpoint("/rooms/{room}/{who}")
	public static class Room {

		@OnMessage
		public String text(@PathParam("room") String room, @PathParam("who") String who, String text) {
			return "room " + room + " " + who;
		}

	}

	@ServerEndpoint("/rooms/lobby/{who}")
	public static class Lobby {

		@OnMessage
		public String text(@PathParam("who") String who, String text) {
			return "lobby " + who;
		}

	}

	@ServerEndpoint("/rooms/lobby/me")
	public static class Seat {

		@OnMessage
		public String text(String text) {
			return "my seat";
		}

	}

	@ServerEndpoint("/parts")
	public static class Parts {

		@OnMessage
		public String text(String text, boolean last) {
			return (last ? "last " : "part ") + text;
		}

	}

	@ServerEndpoint("/streaming")
	public static class Streaming {

		@OnMessage
		public String text(Reader reader) throws IOException {
			StringBuilder text = new StringBuilder();
			int character;
			while ((character = reader.read()) >= 0) {
				text.append((char) character);
			}
			return text.toString();
		}

	}

	@ServerEndpoint("/info/{id}")
	public static class Info {

		@OnOpen
		public void open(Session session, @PathParam("id") String id) throws IOException {
			session.getBasicRemote().sendText(session.getRequestURI().toString());
			session.getBasicRemote().sendText(String.valueOf(session.getQueryString()));
			session.getBasicRemote().sendText(String.valueOf(session.getRequestParameterMap().get("a")));
			session.getBasicRemote().sendText(id);
			Principal user = session.getUserPrincipal();
			session.getBasicRemote().sendText((user != null) ? user.getName() : "nobody");
			session.getBasicRemote()
				.sendText((session.isOpen() ? "open, " : "") + (session.isSecure() ? "secure" : "not secure")
						+ ", version " + session.getProtocolVersion() + ", " + live.incrementAndGet() + " of "
						+ session.getOpenSessions().size());
		}

		@OnClose
		public void close() {
			live.decrementAndGet();
		}

	}

	@ServerEndpoint("/failing")
	public static class Failing {

		@OnMessage
		public void text(String text) {
			throw new IllegalArgumentException(text);
		}

		@OnError
		public void error(Session session, Throwable thrown) throws IOException {
			session.getBasicRemote().sendText("sorry: " + thrown.getMessage());
		}

	}

	@ServerEndpoint("/closing")
	public static class Closing {

		@OnOpen
		public void open() {
			live.incrementAndGet();
		}

		@OnMessage
		public void text(Session session, String text) throws IOException {
			if (text.startsWith("idle ")) {
				session.setMaxIdleTimeout(Long.parseLong(text.substring(5)));
			}
			else {
				session.close(new CloseReason(CloseCodes.getCloseCode(Integer.parseInt(text)), "on demand"));
			}
		}

		@OnClose
		public void close(CloseReason reason) {
			events.add("closed " + reason.getCloseCode().getCode());
			live.decrementAndGet();
		}

	}

	@ServerEndpoint(value = "/coded", decoders = NumberDecoder.class, encoders = NumberEncoder.class)
	public static class Coded {

		@OnMessage
		public Number next(Number number) {
			return number.intValue() + 1;
		}

		@OnError
		public void error(Session session, Throwable thrown) throws IOException {
			session.getBasicRemote().sendText("cannot decode");
		}

	}

	public static class NumberDecoder implements Decoder.Text<Number> {

		@Override
		public Number decode(String text) {
			return Integer.valueOf(text);
		}

		@Override
		public boolean willDecode(String text) {
			return true;
		}

	}

	public static class NumberEncoder implements Encoder.Text<Number> {

		@Override
		public String encode(Number number) {
			return "<" + number + ">";
		}

	}

	@ServerEndpoint("/big")
	public static class Big {

		@OnMessage(maxMessageSize = 200_000)
		public String text(String text) {
			return String.valueOf(text.length());
		}

	}

	@ServerEndpoint("/flood")
	public static class Flood {

		@OnOpen
		public void open() {
			live.incrementAndGet();
		}

		private static final int PART = 50_000;

		@OnMessage
		public void text(Session session, String order) throws Exception {
			String[] words = order.split(" ");
			int number = Integer.parseInt(words[1]);
			switch (words[0]) {
				case "blocking" -> blocking(session, number);
				case "elsewhere" -> TestServer.elsewhere(() -> {
					try {
						blocking(session, number);
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
				}).join();
				default -> asynchronous(session, number);
			}
		}

		private void blocking(Session session, int size) throws IOException {
			for (int sent = 0; sent < size; sent += PART) {
				session.getBasicRemote().sendBinary(ByteBuffer.allocate(PART));
			}
			session.getBasicRemote().sendText("all sent");
		}

		private void asynchronous(Session session, int count) {
			CountDownLatch told = new CountDownLatch(count);
			for (int i = 0; i < count; i++) {
				session.getAsyncRemote().sendBinary(ByteBuffer.allocate(PART), (result) -> {
					if (!result.isOK()) {
						events.add("failed");
					}
					told.countDown();
					if (told.getCount() == 0 && result.isOK()) {
						session.getAsyncRemote().sendText(count + " told");
					}
				});
			}
		}

		@OnClose
		public void close(CloseReason reason) {
			events.add("flooded " + reason.getCloseCode().getCode());
			live.decrementAndGet();
		}

		@OnError
		public void error(Throwable thrown) {
			// A send that comes too late.
		}

	}

	public static class Described extends Endpoint {

		@Override
		public void onOpen(Session session, EndpointConfig config) {
			session.getAsyncRemote()
				.sendText(config.getUserProperties().get("seen") + " " + session.getNegotiatedSubprotocol() + " "
						+ session.getPathParameters().get("id"));
			session.addMessageHandler(String.class,
					(MessageHandler.Whole<String>) (text) -> session.getAsyncRemote().sendText("described " + text));
		}

	}

	static class Careful extends ServerEndpointConfig.Configurator {

		@Override
		public boolean checkOrigin(String origin) {
			return !"http://evil".equals(origin);
		}

		@Override
		public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
			List<String> seen = new ArrayList<>();
			seen.add((request.getUserPrincipal() != null) ? request.getUserPrincipal().getName() : "nobody");
			if (request.isUserInRole("editor")) {
				seen.add("editor");
			}
			HttpSession session = (HttpSession) request.getHttpSession();
			seen.add((session != null) ? "[user=" + session.getAttribute("user") + "]" : "[]");
			List<String> origins = request.getHeaders().get("origin");
			seen.add((origins != null) ? origins.get(0) : "null");
			config.getUserProperties().put("seen", String.join(" ", seen));
			response.getHeaders().put("X-Answer", List.of("42"));
		}

		@Override
		public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
			return List.of();
		}

	}

	public static class Dynamic extends Endpoint {

		static final ServerEndpointConfig CONFIG = ServerEndpointConfig.Builder.create(Dynamic.class, "/{any}").build();

		@Override
		public void onOpen(Session session, EndpointConfig config) {
			session.addMessageHandler(String.class,
					(MessageHandler.Whole<String>) (text) -> session.getAsyncRemote()
						.sendText(session.getPathParameters().get("room") + " " + session.getRequestURI() + " "
								+ session.getOpenSessions().size()));
		}

	}

	@ServerEndpoint("/two")
	public static class TwoTexts {

		@OnMessage
		public void one(String text) {
		}

		@OnMessage
		public void two(String text) {
		}

	}

	@ServerEndpoint("/wrong/{a}")
	public static class WrongParameter {

		@OnMessage
		public void text(@PathParam("a") List<String> list, String text) {
		}

	}

}
