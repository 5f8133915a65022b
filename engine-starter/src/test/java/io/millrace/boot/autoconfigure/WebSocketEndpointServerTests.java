package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;
import org.springframework.web.socket.server.standard.ServerEndpointRegistration;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@code jakarta.websocket} in a Boot application, with Tomcat's implementation on the
 * class path too.
 */
class WebSocketEndpointServerTests {

	private static final List<String> events = new CopyOnWriteArrayList<>();

	private final Client client = new Client();

	@BeforeEach
	void forget() {
		events.clear();
	}

	@Test
	void endpointsOfAllKindsAreServed() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.servlet.context-path=/app")) {
			WebSocket socket = this.client.open("ws://localhost:" + server.port() + "/app/beans/7");
			socket.sendText("hello", true).join();
			assertThat(this.client.next())
				.isEqualTo("text ServletWebServerApplicationContext 12345 /app/beans/7 hello");
			this.client.open("ws://localhost:" + server.port() + "/app/registered").sendText("one", true).join();
			assertThat(this.client.next()).isEqualTo("registered one");
			this.client.open("ws://localhost:" + server.port() + "/app/added").sendText("two", true).join();
			assertThat(this.client.next()).isEqualTo("registered two");
			this.client.open("ws://localhost:" + server.port() + "/app/spring").sendText("three", true).join();
			assertThat(this.client.next()).isEqualTo("spring three /app/spring");
			assertThat(compressed("http://localhost:" + server.port() + "/app/spring", "four".repeat(500)))
				.isEqualTo("permessage-deflate;server_no_context_takeover;client_no_context_takeover spring "
						+ "four".repeat(500) + " /app/spring");
			ServerContainer container = server.context().getBean(Application.class).container;
			assertThatIllegalStateException().isThrownBy(() -> container.addEndpoint(Beans.class));
			assertThat(server.get("/app/beans/7").statusCode()).isEqualTo(404);
		}
		Awaitility.await().untilAsserted(() -> assertThat(events).containsOnly("closed 1001").isNotEmpty());
		assertThat(this.client.next()).isEqualTo("closed 1001");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void endpointsAreServedByVirtualThreads() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.worker.mode=virtual")) {
			this.client.open("ws://localhost:" + server.port() + "/beans/1").sendText("thread", true).join();
			assertThat(this.client.next()).isEqualTo("virtual true");
		}
	}

	@Test
	void endpointsAreServedOverTlsAndToldOfAStopWithoutGrace(@TempDir Path directory) throws Exception {
		String[] properties = StringUtils.addStringToArray(
				TlsFiles.pem(directory, "server.ssl.", TlsFiles.server("localhost")), "server.shutdown=immediate");
		try (TestServer server = TestServer.servlet(Application.class, properties)) {
			WebSocket socket = this.client.open(HttpClient.newBuilder().sslContext(TlsFiles.trusting(null)).build(),
					"wss://localhost:" + server.port() + "/beans/7");
			socket.sendText("x".repeat(10_000), true).join();
			assertThat(this.client.next()).endsWith("/beans/7 " + "x".repeat(10_000));
			socket.sendText("secure", true).join();
			assertThat(this.client.next()).isEqualTo("secure true wss");
		}
		assertThat(events).containsExactly("closed 1001");
	}

	private static String compressed(String url, String message) throws InterruptedException {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		OkHttpClient http = new OkHttpClient();
		try {
			okhttp3.WebSocket socket = http.newWebSocket(new Request.Builder().url(url).build(),
					new WebSocketListener() {

						private String extensions = "";

						@Override
						public void onOpen(okhttp3.WebSocket webSocket, Response response) {
							this.extensions = String.valueOf(response.header("Sec-WebSocket-Extensions"))
								.replace(" ", "");
							webSocket.send(message);
						}

						@Override
						public void onMessage(okhttp3.WebSocket webSocket, String text) {
							received.add(this.extensions + " " + text);
						}

					});
			String answer = received.poll(30, TimeUnit.SECONDS);
			socket.cancel();
			return answer;
		}
		finally {
			http.dispatcher().executorService().shutdown();
			http.connectionPool().evictAll();
		}
	}

	private static final class Client implements WebSocket.Listener {

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		private final StringBuilder parts = new StringBuilder();

		WebSocket open(String uri) {
			return open(HttpClient.newHttpClient(), uri);
		}

		WebSocket open(HttpClient http, String uri) {
			return http.newWebSocketBuilder().buildAsync(URI.create(uri), this).join();
		}

		String next() throws InterruptedException {
			return this.received.poll(30, TimeUnit.SECONDS);
		}

		@Override
		public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.parts.append(data);
			if (last) {
				this.received.add(this.parts.toString());
				this.parts.setLength(0);
			}
			webSocket.request(1);
			return null;
		}

		@Override
		public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
			this.received.add("closed " + code);
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application implements ServletContextListener {

		private ServerContainer container;

		@Override
		public void contextInitialized(ServletContextEvent event) {
			this.container = (ServerContainer) event.getServletContext()
				.getAttribute("jakarta.websocket.server.ServerContainer");
			try {
				this.container.addEndpoint(ServerEndpointConfig.Builder.create(Registered.class, "/added").build());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Bean
		static ServerEndpointExporter serverEndpointExporter() {
			return new ServerEndpointExporter();
		}

		@Bean
		static ServletServerContainerFactoryBean webSocketContainer() {
			ServletServerContainerFactoryBean factory = new ServletServerContainerFactoryBean();
			factory.setMaxTextMessageBufferSize(12345);
			return factory;
		}

		@Bean
		static Beans beans(ApplicationContext context) {
			Instances.context = context;
			return new Beans(context);
		}

		@Bean
		static ServerEndpointRegistration registered() {
			return new ServerEndpointRegistration("/registered", Registered.class);
		}

		@Bean
		static SimpleUrlHandlerMapping springHandlers(ObjectProvider<ApplicationContext> context) {
			WebSocketHttpRequestHandler handler = new WebSocketHttpRequestHandler(new TextWebSocketHandler() {

				@Override
				protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
					session.sendMessage(
							new TextMessage("spring " + message.getPayload() + " " + session.getUri().getPath()));
				}

			}, new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy()));
			return new SimpleUrlHandlerMapping(Map.of("/spring", handler), -1);
		}

	}

	/** Instances of endpoints by Spring, as embedded applications have them. */
	public static class Instances extends ServerEndpointConfig.Configurator implements ApplicationContextAware {

		private static ApplicationContext context;

		@Override
		public void setApplicationContext(ApplicationContext applicationContext) {
			context = applicationContext;
		}

		@Override
		public <T> T getEndpointInstance(Class<T> endpointClass) {
			return context.getBean(endpointClass);
		}

	}

	@ServerEndpoint(value = "/beans/{id}", configurator = Instances.class)
	public static class Beans {

		private final ApplicationContext context;

		Beans(ApplicationContext context) {
			this.context = context;
		}

		@OnOpen
		public void open(Session session) {
			assertThat(Thread.currentThread().getContextClassLoader()).isNotNull();
		}

		@OnMessage
		public String text(Session session, String text) {
			if (text.equals("thread")) {
				return "virtual " + Thread.currentThread().toString().startsWith("VirtualThread");
			}
			if (text.equals("secure")) {
				return "secure " + session.isSecure() + " " + session.getRequestURI().getScheme();
			}
			return "text " + this.context.getClass().getSimpleName().replace("AnnotationConfig", "") + " "
					+ session.getMaxTextMessageBufferSize() + " " + session.getRequestURI().getPath() + " " + text;
		}

		@OnClose
		public void close(CloseReason reason) {
			events.add("closed " + reason.getCloseCode().getCode());
		}

	}

	public static class Registered extends Endpoint {

		@Override
		public void onOpen(Session session, EndpointConfig config) {
			session.addMessageHandler(String.class,
					(MessageHandler.Whole<String>) (text) -> session.getAsyncRemote().sendText("registered " + text));
		}

	}

}
