package io.millrace.boot.autoconfigure;

import java.io.DataInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HTTP/2 as users switch it on, with the client of the JDK.
 */
@Timeout(120)
class Http2ServerTests {

	private static final String ENABLED = "server.http2.enabled=true";

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aClientUpgradesInClearText(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, ENABLED)) {
			HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
			HttpResponse<String> first = send(client, server, "http", "/protocol");
			assertThat(first.version()).isEqualTo(Version.HTTP_2);
			assertThat(first.body()).isEqualTo(servlet ? "HTTP/2.0 h2 1" : "http ");
			assertThat(send(client, server, "http", "/protocol").body()).isEqualTo(servlet ? "HTTP/2.0 h2 3" : "http ");
			byte[] body = bytes(3_000_000);
			HttpResponse<byte[]> echo = client.send(
					request(server, "http", "/echo").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
					HttpResponse.BodyHandlers.ofByteArray());
			assertThat(echo.version()).isEqualTo(Version.HTTP_2);
			assertThat(echo.body()).isEqualTo(body);
			assertThat(server.get("/protocol").version()).isEqualTo(Version.HTTP_1_1);
			EngineSnapshot now = server.millrace().getEngine().snapshot();
			assertThat(now.connections().byProtocol().get("http2").open()).isOne();
			assertThat(now.connections().byProtocol().get("http1").open()).isOne();
			assertThat(server.millrace().getEngine().connections(5, true)).extracting(ConnectionSnapshot::protocol)
				.contains("HTTP/2.0", "HTTP/1.1");
		}
	}

	@ParameterizedTest
	@CsvSource({ "true,TLS", "false,TLS", "true,TLSv1.3" })
	void aClientChoosesItInTheHandshake(boolean servlet, String protocol) throws Exception {
		try (TestServer server = start(servlet, with(pem(), ENABLED, "server.ssl.protocol=" + protocol))) {
			HttpClient client = client(Version.HTTP_2);
			List<CompletableFuture<HttpResponse<byte[]>>> echoes = new ArrayList<>();
			byte[] body = bytes(200_000);
			for (int i = 0; i < 20; i++) {
				echoes.add(client.sendAsync(
						request(server, "https", "/echo").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
						HttpResponse.BodyHandlers.ofByteArray()));
			}
			for (CompletableFuture<HttpResponse<byte[]>> echo : echoes) {
				assertThat(echo.get().version()).isEqualTo(Version.HTTP_2);
				assertThat(echo.get().body()).isEqualTo(body);
			}
			assertThat(send(client, server, "https", "/protocol").body())
				.startsWith(servlet ? "HTTP/2.0 h2 " : "https ");
			HttpResponse<String> older = send(client(Version.HTTP_1_1), server, "https", "/protocol");
			assertThat(older.version()).isEqualTo(Version.HTTP_1_1);
			assertThat(older.body()).isEqualTo(servlet ? "HTTP/1.1 http/1.1 " : "https ");
			EngineSnapshot now = server.millrace().getEngine().snapshot();
			assertThat(now.requests().inFlight()).isZero();
			assertThat(now.refusals().protocolErrors().values()).containsOnly(0L);
		}
	}

	@Test
	void nobodyIsOfferedWhatIsOff() throws Exception {
		try (TestServer server = start(true, pem())) {
			HttpResponse<String> response = send(client(Version.HTTP_2), server, "https", "/protocol");
			assertThat(response.version()).isEqualTo(Version.HTTP_1_1);
			assertThat(server.millrace().getEngine().snapshot().connections().byProtocol()).containsOnlyKeys("http1");
		}
		try (TestServer server = start(true)) {
			HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
			assertThat(send(client, server, "http", "/protocol").version()).isEqualTo(Version.HTTP_1_1);
			assertThat(server.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505");
		}
	}

	// RFC 9113 §9.2.2.
	@Test
	void aSuiteThatHttp2ForbidsEndsTheConnection() throws Exception {
		String suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";
		try (TestServer server = start(true, with(pem(), ENABLED, "server.ssl.ciphers=" + suite,
				"server.ssl.enabled-protocols=TLSv1.2", "server.ssl.protocol=TLSv1.2"))) {
			try (SSLSocket socket = (SSLSocket) TlsFiles.trusting(null)
				.getSocketFactory()
				.createSocket("localhost", server.port())) {
				socket.setSoTimeout(30_000);
				SSLParameters parameters = socket.getSSLParameters();
				parameters.setApplicationProtocols(new String[] { "h2" });
				parameters.setCipherSuites(new String[] { suite });
				socket.setSSLParameters(parameters);
				socket.startHandshake();
				assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
				assertThat(errorOfGoAway(new DataInputStream(socket.getInputStream()))).isEqualTo(0xc);
			}
		}
	}

	private static int errorOfGoAway(DataInputStream in) throws Exception {
		while (true) {
			int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
			int type = in.readUnsignedByte();
			in.readByte();
			in.readInt();
			byte[] payload = new byte[length];
			in.readFully(payload);
			if (type == 7) {
				return payload[7];
			}
		}
	}

	private static HttpResponse<String> send(HttpClient client, TestServer server, String scheme, String path)
			throws Exception {
		return client.send(request(server, scheme, path).build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(TestServer server, String scheme, String path) {
		return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + server.port() + path));
	}

	private static HttpClient client(Version version) throws Exception {
		return HttpClient.newBuilder().version(version).sslContext(TlsFiles.trusting(null)).build();
	}

	private static byte[] bytes(int size) {
		byte[] bytes = new byte[size];
		for (int i = 0; i < size; i++) {
			bytes[i] = (byte) (i * 31 + i / 251);
		}
		return bytes;
	}

	private String[] pem() throws Exception {
		return TlsFiles.pem(this.directory, "server.ssl.", TlsFiles.server("shop.example"));
	}

	private static String[] with(String[] properties, String... more) {
		return Stream.concat(Arrays.stream(properties), Arrays.stream(more)).toArray(String[]::new);
	}

	private static TestServer start(boolean servlet, String... properties) {
		return servlet ? TestServer.servlet(Servlets.class, properties)
				: TestServer.reactive(Reactive.class, properties);
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

		@GetMapping(path = "/protocol", produces = "text/plain")
		String protocol(HttpServletRequest request) {
			return request.getProtocol() + " " + request.getServletConnection().getProtocol() + " "
					+ request.getProtocolRequestId();
		}

		@PostMapping("/echo")
		byte[] echo(@RequestBody byte[] body) {
			return body;
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping(path = "/protocol", produces = "text/plain")
		String protocol(ServerHttpRequest request) {
			return request.getURI().getScheme() + " ";
		}

		@PostMapping("/echo")
		Flux<DataBuffer> echo(@RequestBody Flux<DataBuffer> body) {
			return body;
		}

	}

}
