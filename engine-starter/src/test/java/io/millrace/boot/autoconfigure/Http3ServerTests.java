package io.millrace.boot.autoconfigure;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.http3.Http3Client;
import io.millrace.core.http3.Http3UnavailableException;
import io.millrace.core.http3.Http3UnavailableException.Reason;
import io.netty.handler.codec.quic.Quic;
import io.netty.pkitesting.X509Bundle;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * HTTP/3 as users switch it on.
 */
@Timeout(120)
class Http3ServerTests {

	@TempDir
	Path directory;

	@BeforeAll
	static void quicIsThere() {
		boolean must = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
		assumeTrue(must || Quic.isAvailable());
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anApplicationIsServedUnchanged(boolean servlet) throws Exception {
		X509Bundle alice = TlsFiles.client("alice");
		String prefix = "spring.ssl.bundle.pem.main.";
		String[] properties = with(bundle(prefix, TlsFiles.server("first.example")),
				prefix + "truststore.certificate=" + TlsFiles.authority(this.directory).toUri(),
				prefix + "reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms",
				"server.ssl.bundle=main", "server.ssl.client-auth=want", "millrace.http3.enabled=true",
				"millrace.http3.advertise=1h", "server.max-http-request-header-size=2KB");
		Class<?> controller = servlet ? ServletApplication.class : ReactiveApplication.class;
		try (TestServer server = servlet ? TestServer.servlet(controller, properties)
				: TestServer.reactive(controller, properties)) {
			try (Http3Client client = connect(server, null)) {
				assertThat(client.get("/secure").body())
					.isEqualTo(servlet ? "HTTP/3.0 https true TLS_AES_128_GCM_SHA256 128 none" : "https none");
				assertThat(client.get("/stream").body()).startsWith("data:0\n\ndata:1").endsWith("data:99\n\n");
				assertThat(client.send("POST", "/echo", "hello".getBytes(), "content-type", "text/plain").get().body())
					.isEqualTo("hello");
				assertThat(client.get("/secure", "x", "y".repeat(3000)).status()).isEqualTo(431);
				assertThat(client.get("/missing").status()).isEqualTo(404);
			}
			try (Http3Client client = connect(server, alice)) {
				assertThat(client.get("/secure").body()).endsWith(" CN=alice");
				bundle(prefix, TlsFiles.server("second.example"));
				Awaitility.await().untilAsserted(() -> {
					try (Http3Client later = connect(server, null)) {
						assertThat(name(later)).isEqualTo("CN=second.example");
					}
				});
				assertThat(client.get("/secure").body()).endsWith(" CN=alice");
				assertThat(name(client)).isEqualTo("CN=first.example");
			}
			assertThat(server.millrace().getEngine().config().http3()).isNotNull();
		}
	}

	private String[] bundle(String prefix, X509Bundle keys) throws Exception {
		return Arrays.stream(TlsFiles.pem(this.directory, prefix + "keystore.", keys))
			.map((property) -> property.replace(".certificate-private-key=", ".private-key="))
			.toArray(String[]::new);
	}

	private static String name(Http3Client client) throws Exception {
		return ((X509Certificate) client.connection().sslEngine().getSession().getPeerCertificates()[0])
			.getSubjectX500Principal()
			.getName();
	}

	private static Http3Client connect(TestServer server, X509Bundle own) throws Exception {
		return new Http3Client(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), (tls) -> {
			try {
				return tls.trustManager(TlsFiles.AUTHORITY.getCertificate())
					.keyManager((own != null) ? own.toKeyManagerFactory() : null, null);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static String[] with(String[] some, String... more) {
		return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
	}

	@Test
	void withoutACertificateStartUpStops() {
		assertThatThrownBy(() -> TestServer.servlet(ServletApplication.class, "millrace.http3.enabled=true"))
			.rootCause()
			.isInstanceOfSatisfying(Http3UnavailableException.class, (failure) -> {
				FailureAnalysis analysis = new Http3UnavailableFailureAnalyzer().analyze(failure);
				assertThat(analysis.getDescription()).contains("millrace.http3.enabled=true");
				assertThat(analysis.getAction()).contains("server.ssl.bundle").contains("millrace.http3.enabled=false");
			});
	}

	@Test
	void aPortThatIsTakenForUdpIsNamedAsSuch() throws Exception {
		String[] properties = with(bundle("spring.ssl.bundle.pem.main.", TlsFiles.server("first.example")),
				"server.ssl.bundle=main", "millrace.http3.enabled=true");
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		try (DatagramSocket taken = new DatagramSocket(port)) {
			assertThatThrownBy(
					() -> TestServer.servlet(ServletApplication.class, with(properties, "server.port=" + port)))
				.cause()
				.isInstanceOf(UnsupportedFeatureException.class)
				.hasMessageContaining("'millrace.http3.enabled'")
				.hasMessageContaining("UDP port " + port + ", beside the TCP port");
		}
	}

	@Test
	void whatIsMissingIsNamedWithWhatToAdd() {
		FailureAnalysis codec = new Http3UnavailableFailureAnalyzer()
			.analyze(new Http3UnavailableException(Reason.CODEC, new ClassNotFoundException("x")));
		assertThat(codec.getAction()).contains("<artifactId>netty-codec-http3</artifactId>");
		FailureAnalysis library = new Http3UnavailableFailureAnalyzer().analyze(new Http3UnavailableException(
				Reason.LIBRARY, new UnsatisfiedLinkError("failed to load the required native library")));
		assertThat(library.getDescription()).contains("failed to load the required native library");
		assertThat(library.getAction()).contains("<artifactId>netty-codec-native-quic</artifactId>")
			.containsPattern("<classifier>(linux|osx|windows)-(x86_64|aarch_64)</classifier>");
	}

	@Test
	void valuesThatCannotBeAreNamed() {
		Http3Properties properties = new Http3Properties();
		assertThat(ConfiguredHttp3.options(properties)).isNull();
		properties.setEnabled(true);
		assertThat(ConfiguredHttp3.options(properties)).isEqualTo(io.millrace.core.http3.Http3Options.defaults());
		properties.setConnectionWindow(DataSize.ofKilobytes(64));
		assertThatThrownBy(() -> ConfiguredHttp3.options(properties))
			.hasMessageContaining("millrace.http3.connection-window")
			.hasMessageContaining("millrace.http3.stream-window or more");
		Map.<String, Runnable>of("stream-window", () -> properties.setStreamWindow(DataSize.ofBytes(100)),
				"max-concurrent-streams", () -> properties.setMaxConcurrentStreams(0))
			.forEach((key, change) -> {
				change.run();
				assertThatThrownBy(() -> ConfiguredHttp3.options(properties)).hasMessageContaining("millrace.http3.");
			});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ ServletController.class, Controller.class })
	static class ServletApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ ReactiveController.class, Controller.class })
	static class ReactiveApplication {

	}

	@RestController
	static class Controller {

		@GetMapping(path = "/stream", produces = "text/event-stream")
		Flux<Integer> stream() {
			return Flux.range(0, 100);
		}

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			return body;
		}

	}

	@RestController
	static class ServletController {

		@GetMapping("/secure")
		String secure(HttpServletRequest request) {
			X509Certificate[] shown = (X509Certificate[]) request
				.getAttribute("jakarta.servlet.request.X509Certificate");
			return request.getProtocol() + " " + request.getScheme() + " " + request.isSecure() + " "
					+ request.getAttribute("jakarta.servlet.request.cipher_suite") + " "
					+ request.getAttribute("jakarta.servlet.request.key_size") + " "
					+ ((shown != null) ? shown[0].getSubjectX500Principal().getName() : "none");
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping("/secure")
		String secure(ServerHttpRequest request) {
			SslInfo info = request.getSslInfo();
			X509Certificate[] shown = (info != null) ? info.getPeerCertificates() : null;
			return request.getURI().getScheme() + " "
					+ ((shown != null && shown.length > 0) ? shown[0].getSubjectX500Principal().getName() : "none");
		}

	}

}
