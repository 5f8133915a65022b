package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.millrace.core.observe.EngineSnapshot;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.X509Bundle;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * TLS as users set it up, from {@code server.ssl.*} to the bytes.
 */
@Timeout(120)
class TlsTests {

	@TempDir
	Path directory;

	static Stream<Boolean> stacks() {
		return Stream.of(true, false);
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void aRequestIsServedOverTlsAndTheApplicationSeesIt(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, pem())) {
			HttpClient client = client(null);
			HttpResponse<String> response = client.send(get(server, "/secure").build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(response.body()).startsWith("https TLSv1.3").contains("certificates=0");
			assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aClientThatLeavesAStreamIsNoticed(String version) throws Exception {
		try (TestServer server = start(false, pem())) {
			try (SSLSocket socket = open(server.port())) {
				socket.setEnabledProtocols(new String[] { version });
				socket.getOutputStream()
					.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				assertThat(socket.getInputStream().read()).isEqualTo('H');
			}
			Awaitility.await().untilAsserted(() -> {
				EngineSnapshot now = server.millrace().getEngine().snapshot();
				assertThat(now.connections().open()).isZero();
				assertThat(now.requests().aborted()).isOne();
			});
		}
	}

	@Test
	void aHelloThatDoesNotEndIsCutOff() throws Exception {
		String[] properties = with(
				bundle(TlsFiles.pem(this.directory, "spring.ssl.bundle.pem.main.keystore.",
						TlsFiles.server("main.example"))),
				"server.ssl.bundle=main", "millrace.tls.handshake-timeout=120s",
				"server.ssl.server-name-bundles[0].server-name=shop.example",
				"server.ssl.server-name-bundles[0].bundle=main");
		byte[] record = new byte[5 + 16_384];
		record[0] = 0x16;
		record[1] = 3;
		record[2] = 1;
		record[3] = 0x40;
		byte[] first = record.clone();
		first[5] = 1;
		first[6] = (byte) 0xff;
		first[7] = (byte) 0xff;
		first[8] = (byte) 0xff;
		try (TestServer server = start(true, properties); Socket socket = new Socket("localhost", server.port())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(first);
			for (int i = 0; i < 8; i++) {
				socket.getOutputStream().write(record);
			}
			assertThat(readQuietly(socket.getInputStream())).doesNotContain("HTTP/1.1");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void handshakesAreCounted(boolean names) throws Exception {
		String[] properties = with(bundle(
				TlsFiles.pem(this.directory, "spring.ssl.bundle.pem.main.keystore.", TlsFiles.server("main.example"))),
				"server.ssl.bundle=main");
		if (names) {
			properties = with(properties, "server.ssl.server-name-bundles[0].server-name=shop.example",
					"server.ssl.server-name-bundles[0].bundle=main");
		}
		try (TestServer server = start(true, properties)) {
			connect(server.port(), null).close();
			try (Socket socket = new Socket("localhost", server.port())) {
				socket.setSoTimeout(30_000);
				socket.getOutputStream().write(new byte[] { 0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5 });
				readQuietly(socket.getInputStream());
			}
			Awaitility.await().untilAsserted(() -> {
				EngineSnapshot.Connections counts = server.millrace().getEngine().snapshot().connections();
				assertThat(counts.handshakes()).isOne();
				assertThat(counts.handshakesFailed()).isOne();
			});
			assertThat(server.millrace().getEngine().snapshot().refusals().clientAborts()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS", "TLSv1.3" })
	void openSslAndTheJdkBothServe(String protocol) throws Exception {
		assertThat(OpenSsl.isAvailable()).as("on the class path of the tests").isTrue();
		try (TestServer server = start(true, with(pem(), "server.ssl.protocol=" + protocol))) {
			HttpClient client = client(null);
			for (int i = 0; i < 50; i++) {
				assertThat(client.send(get(server, "/secure").build(), HttpResponse.BodyHandlers.ofString()).body())
					.startsWith("https TLSv1.3");
			}
		}
	}

	@Test
	void aKeyStoreDoesToo() throws Exception {
		Path store = TlsFiles.keyStore(this.directory, TlsFiles.server("shop.example"), "secret");
		try (TestServer server = start(true, "server.ssl.key-store=" + store.toUri(),
				"server.ssl.key-store-password=secret", "server.ssl.key-store-type=PKCS12")) {
			assertThat(body(server, "/secure")).startsWith("https");
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void whoSpeaksPlainHttpIsToldAndClosed(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, pem())) {
			assertThat(server.raw("GET /secure HTTP/1.1\r\nHost: localhost\r\n\r\n"))
				.startsWith("HTTP/1.1 400 Bad Request")
				.contains("Connection: close", "use https://");
			assertThat(body(server, "/secure")).startsWith("https");
		}
	}

	@Test
	void bytesThatAreNeitherAreClosedAndHarmNobody() throws Exception {
		try (TestServer server = start(true, pem())) {
			for (byte[] garbage : List.of(new byte[] { 0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7 },
					new byte[] { 0, 1, 2, 3, 4, 5 }, new byte[] { (byte) 0x80, 46, 1, 0, 2, 0, 0 })) {
				try (Socket socket = new Socket("localhost", server.port())) {
					socket.setSoTimeout(30_000);
					socket.getOutputStream().write(garbage);
					socket.shutdownOutput();
					assertThat(readQuietly(socket.getInputStream())).doesNotContain("HTTP/1.1");
				}
			}
			assertThat(body(server, "/secure")).startsWith("https");
		}
	}

	@Test
	void aSilentClientIsClosedWhenItsHandshakeTakesTooLong() throws Exception {
		try (TestServer server = start(true, with(pem(), "millrace.tls.handshake-timeout=300ms"));
				Socket socket = new Socket("localhost", server.port())) {
			socket.setSoTimeout(30_000);
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void aClientShowsItsCertificateWhereItHasTo(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, with(pem(), "server.ssl.client-auth=need",
				"server.ssl.trust-certificate=" + TlsFiles.authority(this.directory).toUri()))) {
			HttpClient known = client(TlsFiles.client("alice"));
			assertThat(known.send(get(server, "/secure").build(), HttpResponse.BodyHandlers.ofString()).body())
				.contains("certificates=1 CN=alice");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> body(server, "/secure"));
		}
	}

	@Test
	void aClientMayHaveNoneWhereItIsOnlyWanted() throws Exception {
		try (TestServer server = start(true, with(pem(), "server.ssl.client-auth=want",
				"server.ssl.trust-certificate=" + TlsFiles.authority(this.directory).toUri()))) {
			assertThat(body(server, "/secure")).contains("certificates=0");
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void theCertificateIsThatOfTheNameThatIsAskedFor(boolean servlet) throws Exception {
		String[] main = TlsFiles.pem(Files.createDirectory(this.directory.resolve("main")),
				"spring.ssl.bundle.pem.main.keystore.", TlsFiles.server("main.example"));
		String[] shop = TlsFiles.pem(Files.createDirectory(this.directory.resolve("shop")),
				"spring.ssl.bundle.pem.shop.keystore.", TlsFiles.server("shop.example"));
		try (TestServer server = start(servlet,
				with(bundle(main),
						with(bundle(shop), "server.ssl.bundle=main",
								"server.ssl.server-name-bundles[0].server-name=shop.example",
								"server.ssl.server-name-bundles[0].bundle=shop",
								"server.ssl.server-name-bundles[1].server-name=*.shop.example",
								"server.ssl.server-name-bundles[1].bundle=shop")))) {
			assertThat(certificate(server.port(), "shop.example")).isEqualTo("CN=shop.example");
			assertThat(certificate(server.port(), "SHOP.example")).isEqualTo("CN=shop.example");
			assertThat(certificate(server.port(), "new.shop.example")).isEqualTo("CN=shop.example");
			assertThat(certificate(server.port(), "other.example")).isEqualTo("CN=main.example");
			assertThat(certificate(server.port(), null)).isEqualTo("CN=main.example");
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void aBundleThatIsReloadedCountsForNewConnectionsAndOldOnesGoOn(boolean servlet) throws Exception {
		String[] files = TlsFiles.pem(this.directory, "spring.ssl.bundle.pem.main.keystore.",
				TlsFiles.server("before.example"));
		try (TestServer server = start(servlet,
				with(bundle(files), "server.ssl.bundle=main", "spring.ssl.bundle.pem.main.reload-on-update=true",
						"spring.ssl.bundle.watch.file.quiet-period=100ms"));
				SSLSocket old = connect(server.port(), null)) {
			assertThat(exchange(old)).startsWith("HTTP/1.1 200");
			TlsFiles.pem(this.directory, "", TlsFiles.server("after.example"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(certificate(server.port(), null)).isEqualTo("CN=after.example"));
			assertThat(exchange(old)).startsWith("HTTP/1.1 200");
			TlsFiles.pem(this.directory, "", TlsFiles.expired());
			assertThat(certificate(server.port(), null)).isEqualTo("CN=after.example");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.1", "TLSv1" })
	void oldVersionsAreRefused(String version) throws Exception {
		try (TestServer server = start(true, pem()); SSLSocket socket = open(server.port())) {
			socket.setEnabledProtocols(new String[] { version });
			assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake);
		}
	}

	@Test
	void versionsAndCiphersAreThoseThatAreSet() throws Exception {
		try (TestServer server = start(true,
				with(pem(), "server.ssl.enabled-protocols=TLSv1.2",
						"server.ssl.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
				SSLSocket socket = connect(server.port(), null)) {
			assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
			assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void largeBodiesGoBothWays(boolean servlet) throws Exception {
		Path file = this.directory.resolve("large");
		byte[] bytes = new byte[9_000_001];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) (i * 31);
		}
		Files.write(file, bytes);
		try (TestServer server = start(servlet, with(pem(), "spring.http.codecs.max-in-memory-size=10MB"))) {
			HttpClient client = client(null);
			HttpResponse<byte[]> download = client.send(get(server, "/file?path=" + file).build(),
					HttpResponse.BodyHandlers.ofByteArray());
			assertThat(download.body()).isEqualTo(bytes);
			HttpResponse<String> upload = client
				.send(get(server, "/length").POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
					.header("Content-Type", "application/octet-stream")
					.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(upload.body()).isEqualTo("9000001");
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void aRefusalOfABodyReachesTheClientThatIsStillSendingIt(boolean servlet) throws Exception {
		try (TestServer server = start(servlet, with(pem(), "millrace.max-request-body-size=1KB"))) {
			HttpResponse<String> response = client(null)
				.send(get(server, "/length").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[9_000_000]))
					.header("Content-Type", "application/octet-stream")
					.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(413);
		}
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrderAndTheEndIsSaid() throws Exception {
		try (TestServer server = start(true, pem()); SSLSocket socket = connect(server.port(), null)) {
			socket.getOutputStream()
				.write(("GET /secure HTTP/1.1\r\nHost: localhost\r\n\r\n"
						+ "GET /secure HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			// Without the close_notify of the server this would fail.
			String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(all.split("HTTP/1.1 200", -1)).hasSize(3);
			assertThat(all).contains("Connection: close");
		}
	}

	@Test
	void aWrongPasswordStopsStartUpAndSaysWhere() throws Exception {
		Path store = TlsFiles.keyStore(this.directory, TlsFiles.server("shop.example"), "secret");
		assertThatFails("server.ssl.key-store=" + store.toUri(), "server.ssl.key-store-password=wrong")
			.contains("server.ssl cannot be used", "server.ssl.*", "password");
	}

	@Test
	void anExpiredCertificateStopsStartUpAndSaysWhich() throws Exception {
		String[] files = bundle(
				TlsFiles.pem(this.directory, "spring.ssl.bundle.pem.old.keystore.", TlsFiles.expired()));
		assertThatFails(with(files, "server.ssl.bundle=old")).contains("The SSL bundle 'old' cannot be used",
				"CN=old expired on", "spring.ssl.bundle.*.old.*");
	}

	@Test
	void aKeyThatIsMissingStopsStartUp() throws Exception {
		assertThatFails("server.ssl.enabled=true", "server.ssl.client-auth=need",
				"server.ssl.trust-certificate=" + TlsFiles.authority(this.directory).toUri())
			.contains("There is neither a certificate with its private key nor a key store");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.ssl.ciphers=TLS_MADE_UP", "server.ssl.enabled-protocols=TLSv9" })
	void whatIsNotKnownStopsStartUp(String property) throws Exception {
		assertThatFails(with(pem(), property)).contains(property.substring(property.indexOf('=') + 1),
				"enabled-protocols; ciphers");
	}

	private static org.assertj.core.api.AbstractStringAssert<?> assertThatFails(String... properties) {
		try (TestServer server = start(true, properties)) {
			throw new AssertionError("Started on " + server.port());
		}
		catch (RuntimeException ex) {
			for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
				if (cause instanceof io.millrace.boot.InvalidTlsException invalid) {
					org.springframework.boot.diagnostics.FailureAnalysis analysis = new InvalidTlsFailureAnalyzer()
						.analyze(ex, invalid);
					return assertThat(analysis.getDescription() + "\n" + analysis.getAction());
				}
			}
			throw ex;
		}
	}

	private String[] pem() throws Exception {
		return TlsFiles.pem(this.directory, "server.ssl.", TlsFiles.server("shop.example"));
	}

	// The keys of bundles are called otherwise.
	private static String[] bundle(String[] properties) {
		return Arrays.stream(properties)
			.map((property) -> property.replace("keystore.certificate-private-key", "keystore.private-key"))
			.toArray(String[]::new);
	}

	private static String[] with(String[] properties, String... more) {
		return Stream.concat(Arrays.stream(properties), Arrays.stream(more)).toArray(String[]::new);
	}

	private static TestServer start(boolean servlet, String... properties) {
		return servlet ? TestServer.servlet(Servlets.class, properties)
				: TestServer.reactive(Reactive.class, properties);
	}

	private static HttpClient client(@Nullable X509Bundle own) throws Exception {
		return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(TlsFiles.trusting(own)).build();
	}

	private static HttpRequest.Builder get(TestServer server, String path) {
		return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path));
	}

	private static String body(TestServer server, String path) throws Exception {
		return client(null).send(get(server, path).build(), HttpResponse.BodyHandlers.ofString()).body();
	}

	private static SSLSocket open(int port) throws Exception {
		SSLSocket socket = (SSLSocket) TlsFiles.trusting(null).getSocketFactory().createSocket("localhost", port);
		socket.setSoTimeout(30_000);
		return socket;
	}

	private static SSLSocket connect(int port, @Nullable String name) throws Exception {
		SSLSocket socket = open(port);
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setServerNames((name != null) ? List.of(new SNIHostName(name)) : List.of());
		socket.setSSLParameters(parameters);
		socket.startHandshake();
		return socket;
	}

	private static String certificate(int port, @Nullable String name) throws Exception {
		try (SSLSocket socket = connect(port, name)) {
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	private static String exchange(Socket socket) throws IOException {
		socket.getOutputStream()
			.write("GET /length HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		byte[] some = new byte[8192];
		return new String(some, 0, socket.getInputStream().read(some), StandardCharsets.US_ASCII);
	}

	private static String readQuietly(InputStream in) throws IOException {
		try {
			return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
		catch (java.net.SocketException ex) {
			return "";
		}
	}

	private static String describe(@Nullable X509Certificate @Nullable [] certificates) {
		int count = (certificates != null) ? certificates.length : 0;
		return "certificates=" + count + ((count > 0) ? " " + certificates[0].getSubjectX500Principal().getName() : "");
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

		@GetMapping(path = "/secure", produces = "text/plain")
		Callable<String> secure(HttpServletRequest request) {
			return () -> {
				assertThat(request.isSecure()).isTrue();
				assertThat(request.getAttribute("jakarta.servlet.request.cipher_suite")).isNotNull();
				assertThat(request.getAttribute("jakarta.servlet.request.key_size")).isInstanceOf(Integer.class);
				return request.getScheme() + " " + request.getAttribute("jakarta.servlet.request.secure_protocol") + " "
						+ describe((X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate"));
			};
		}

		@GetMapping("/file")
		Resource file(@RequestParam String path) {
			return new FileSystemResource(path);
		}

		@GetMapping(path = "/length", produces = "text/plain")
		String none() {
			return "0";
		}

		@PostMapping(path = "/length", produces = "text/plain")
		String length(@RequestBody byte[] body) {
			return Integer.toString(body.length);
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping(path = "/secure", produces = "text/plain")
		String secure(ServerHttpRequest request) {
			SslInfo info = request.getSslInfo();
			assertThat(info).isNotNull();
			return request.getURI().getScheme() + " TLSv1.3 " + describe(info.getPeerCertificates());
		}

		@GetMapping(path = "/events", produces = "text/event-stream")
		Flux<String> events() {
			return Flux.interval(Duration.ofMillis(50)).map((number) -> "event " + number);
		}

		@GetMapping("/file")
		Resource file(@RequestParam String path) {
			return new FileSystemResource(path);
		}

		@GetMapping(path = "/length", produces = "text/plain")
		String none() {
			return "0";
		}

		@PostMapping(path = "/length", produces = "text/plain")
		String length(@RequestBody byte[] body) {
			return Integer.toString(body.length);
		}

	}

}
