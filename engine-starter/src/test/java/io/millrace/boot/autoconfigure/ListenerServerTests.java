package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Several listeners as users set them up.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ListenerServerTests {

	@TempDir
	Path directory;

	private static TestServer start(boolean servlet, String... properties) {
		return servlet ? TestServer.servlet(Servlets.class, properties)
				: TestServer.reactive(Reactive.class, properties);
	}

	private String[] properties(String... more) throws Exception {
		String[] bundle = TlsFiles.pem(this.directory, "spring.ssl.bundle.pem.web.keystore.",
				TlsFiles.server("app.example"));
		for (int i = 0; i < bundle.length; i++) {
			bundle[i] = bundle[i].replace("certificate-private-key", "private-key");
		}
		return Stream.of(bundle, more).flatMap(Stream::of).toArray(String[]::new);
	}

	private static int port(TestServer server, String name) {
		return Objects
			.requireNonNull(server.context().getEnvironment().getProperty("local.server.port." + name, Integer.class));
	}

	private static String body(HttpClient client, String uri) throws Exception {
		HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(uri)).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	private static String unix(Path socket, String... fields) throws IOException {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
			channel.write(ByteBuffer
				.wrap(("GET /seen HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n" + String.join("\r\n", fields)
						+ ((fields.length > 0) ? "\r\n\r\n" : "\r\n"))
					.getBytes(StandardCharsets.US_ASCII)));
			return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void plainTextTlsRedirectAndUnixSocketAtOnce(boolean servlet, CapturedOutput output) throws Exception {
		Path socket = this.directory.resolve("app.sock");
		try (TestServer server = start(servlet,
				properties("millrace.listeners[0].name=https", "millrace.listeners[0].port=0",
						"millrace.listeners[0].ssl.bundle=web", "millrace.listeners[1].port=0",
						"millrace.listeners[1].address=127.0.0.1", "millrace.listeners[1].redirect-to-https=true",
						"millrace.listeners[2].name=nginx", "millrace.listeners[2].unix=" + socket,
						"millrace.listeners[2].permissions=rw-------", "server.forward-headers-strategy=native",
						"management.endpoints.web.exposure.include=millrace"));
				Socket plain = new Socket("127.0.0.1", port(server, "listener-2"))) {
			int https = port(server, "https");
			HttpClient client = HttpClient.newBuilder().sslContext(TlsFiles.trusting(null)).build();
			assertThat(server.get("/seen").body()).isEqualTo("http false " + server.port() + " null");
			assertThat(body(client, "https://localhost:" + https + "/seen"))
				.isEqualTo("https true " + https + " TLSv1.3");
			plain.setSoTimeout(30_000);
			plain.getOutputStream()
				.write("GET /seen?a=b HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 308 ")
				.containsIgnoringCase("Location: https://app.example:" + https + "/seen?a=b\r\n");
			assertThat(unix(socket)).endsWith("http false 0 null");
			assertThat(unix(socket, "X-Forwarded-Proto: https")).endsWith("https true 0 null");
			assertThat(server.get("/seen", "Forwarded", "for=203.0.113.7;proto=https").body())
				.isEqualTo("https true " + server.port() + " null");
			assertThat(server.get("/client", "Forwarded", "for=203.0.113.7;proto=https").body())
				.isEqualTo("203.0.113.7 0");
			assertThat(server.get("/client", "X-Forwarded-For", "6.6.6.6, 203.0.113.8, 10.0.0.1").body())
				.isEqualTo("203.0.113.8 0");
			assertThat(server.millrace().getPort()).isEqualTo(server.port());
			assertThat(output).contains("Millrace started on ports " + server.port() + " (http), " + https
					+ " (https), " + port(server, "listener-2") + " (http, redirected to https), Unix socket " + socket
					+ " (http)");
			assertThat(server.get("/actuator/millrace").body()).contains("\"name\":\"https\"", "\"tls\":true",
					"\"port\":" + https, "\"address\":\"" + socket + "\"");
			MeterRegistry meters = server.context().getBean(MeterRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						meters.get("millrace.connections.accepted").tag("listener", "nginx").functionCounter().count())
					.isEqualTo(2));
			assertThat(meters.get("millrace.tls.handshakes")
				.tags("listener", "https", "outcome", "completed")
				.functionCounter()
				.count()).isOne();
			assertThat(socket).exists();
		}
		assertThat(socket).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void theApplicationSeesWhomAProxyServes(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, "millrace.proxy-protocol.enabled=true",
				"millrace.proxy-protocol.trusted-proxies=127.0.0.0/8,::1")) {
			assertThat(server.raw("PROXY TCP4 203.0.113.5 198.51.100.1 51234 443\r\nGET /client HTTP/1.1\r\n"
					+ "Host: app.example\r\nConnection: close\r\n\r\n"))
				.endsWith("203.0.113.5 51234");
			assertThat(server.raw("GET /client HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void withoutAPortOnlyTheOthersListen(boolean servlet, CapturedOutput output) throws Exception {
		Path socket = this.directory.resolve("only.sock");
		try (TestServer server = start(servlet, "server.port=-1", "millrace.listeners[0].unix=" + socket)) {
			assertThat(server.webServer().getPort()).isEqualTo(-1);
			assertThat(unix(socket)).startsWith("HTTP/1.1 200");
			assertThat(output).contains("Millrace started on Unix socket " + socket + " (http)");
		}
	}

	@Test
	void whatIsOfThePortThatIsNotThereIsNamed(CapturedOutput output) throws Exception {
		try (TestServer server = start(true,
				properties("server.port=-1", "millrace.listeners[0].port=0", "server.address=127.0.0.1",
						"server.ssl.bundle=web", "millrace.http3.enabled=true", "millrace.proxy-protocol.enabled=true",
						"millrace.proxy-protocol.trusted-proxies=127.0.0.1"))) {
			assertThat(server.webServer().getPort()).isEqualTo(-1);
			assertThat(output)
				.contains("Without effect: server.address, millrace.http3.enabled, server.ssl.bundle, "
						+ "millrace.proxy-protocol.enabled, millrace.proxy-protocol.trusted-proxies "
						+ "(server.port is negative)")
				.doesNotContain("HTTP/3 on the UDP port");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aPortThatIsTakenStopsStartUpAndNamesItsProperty(boolean servlet, CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			assertThatException().isThrownBy(() -> start(servlet, "millrace.listeners[0].port=0",
					"millrace.listeners[1].port=" + taken.getLocalPort()));
			assertThat(output).contains("APPLICATION FAILED TO START",
					"Web server failed to start. Port " + taken.getLocalPort()
							+ ", which 'millrace.listeners[1].port' asks for, was already in use.",
					"Identify and stop the process that's listening on port " + taken.getLocalPort()
							+ " or configure 'millrace.listeners[1].port' to listen on another port.");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aBundleThatIsNotThereStopsStartUpAndNamesItsProperty(boolean servlet, CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> start(servlet, "millrace.listeners[0].port=0", "millrace.listeners[0].ssl.bundle=desk"));
		assertThat(output).contains("APPLICATION FAILED TO START", "The SSL bundle 'desk' cannot be used",
				"which millrace.listeners[0].ssl.* names");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ServletController.class)
	static class Servlets {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ReactiveController.class)
	static class Reactive {

	}

	@RestController
	static class ServletController {

		@GetMapping(path = "/seen", produces = "text/plain")
		String seen(HttpServletRequest request) {
			return request.getScheme() + " " + request.isSecure() + " " + request.getLocalPort() + " "
					+ request.getAttribute("jakarta.servlet.request.secure_protocol");
		}

		@GetMapping(path = "/client", produces = "text/plain")
		String client(HttpServletRequest request) {
			return request.getRemoteAddr() + " " + request.getRemotePort();
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping(path = "/seen", produces = "text/plain")
		String seen(ServerHttpRequest request) {
			String scheme = request.getURI().getScheme();
			return scheme + " " + scheme.equals("https") + " "
					+ Objects.requireNonNull(request.getLocalAddress()).getPort() + " "
					+ ((request.getSslInfo() != null) ? "TLSv1.3" : null);
		}

		@GetMapping(path = "/client", produces = "text/plain")
		String client(ServerHttpRequest request) {
			var client = Objects.requireNonNull(request.getRemoteAddress());
			return client.getAddress().getHostAddress() + " " + client.getPort();
		}

	}

}
