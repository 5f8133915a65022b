package io.millrace.core.http1;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http.Exchange;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * TLS by OpenSSL and by the JDK, to the bytes.
 */
@Timeout(120)
class Http1TlsTests {

	private static final int LARGE = 16_000_000;

	private static final Duration SHORT = Duration.ofMillis(400);

	private static X509Bundle authority;

	private static X509Bundle elliptic;

	private static X509Bundle rsa;

	@TempDir
	Path directory;

	/** Who encrypts. */
	enum Provider {

		OPENSSL("TLS"),

		// Whoever asks for another protocol than this gets the JDK.
		JDK("TLSv1.3");

		private final String protocol;

		Provider(String protocol) {
			this.protocol = protocol;
		}

		TlsSettings settings(X509Bundle keys, ClientCertificate clients) throws Exception {
			return new TlsSettings(keys.toKeyManagerFactory(), authority.toTrustManagerFactory(), clients,
					this.protocol, List.of("TLSv1.3", "TLSv1.2"), null);
		}

		TlsContexts contexts(X509Bundle keys, ClientCertificate clients) throws Exception {
			return new TlsContexts(settings(keys, clients), Map.of());
		}

	}

	@BeforeAll
	static void certificates() throws Exception {
		assertThat(OpenSsl.isAvailable()).as("on the class path of the tests").isTrue();
		authority = new CertificateBuilder().ecp256()
			.subject("CN=Authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		elliptic = new CertificateBuilder().ecp256().subject("CN=elliptic").buildIssuedBy(authority);
		rsa = new CertificateBuilder().rsa2048().subject("CN=rsa").buildIssuedBy(authority);
	}

	private static TestServer start(TlsContexts contexts, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return TestServer.start(Transport.best(), Http1TlsTests::answer,
				(config) -> more.apply(config.tls(TlsOptions.of(contexts))));
	}

	private static void answer(Exchange exchange) throws Exception {
		String path = exchange.request().target().path();
		if (path.equals("/large")) {
			exchange.responseBody().write(exchange.allocator().buffer(LARGE).writeZero(LARGE), true);
		}
		else if (path.startsWith("/file")) {
			FileChannel file = FileChannel.open(Path.of(path.substring(5)));
			exchange.responseBody().writeFile(file, 0, file.size(), true);
		}
		else {
			X509Certificate[] client = exchange.connection().clientCertificates();
			TestServer.text(exchange, (client != null) ? client[0].getSubjectX500Principal().getName() : "nobody");
		}
	}

	static Stream<Object[]> providersAndVersions() {
		return Stream.of(Provider.values())
			.flatMap(
					(provider) -> Stream.of("TLSv1.2", "TLSv1.3").map((version) -> new Object[] { provider, version }));
	}

	@ParameterizedTest
	@MethodSource("providersAndVersions")
	void aSecondConnectionResumesTheSessionUntilTheCertificateIsAnother(Provider provider, String version)
			throws Exception {
		TlsContexts contexts = provider.contexts(elliptic, ClientCertificate.NONE);
		try (TestServer server = start(contexts, UnaryOperator.identity())) {
			Client client = new Client(null, version);
			for (int i = 0; i < 3; i++) {
				assertThat(client.ask(server)).isEqualTo("nobody");
			}
			// A session that is resumed is trusted.
			assertThat(client.shown()).containsExactly("CN=elliptic");
			contexts.replace(provider.settings(rsa, ClientCertificate.NONE));
			assertThat(client.ask(server)).isEqualTo("nobody");
			assertThat(client.shown()).containsExactly("CN=elliptic", "CN=rsa");
		}
	}

	@ParameterizedTest
	@MethodSource("providersAndVersions")
	void aClientIsKnownInASessionThatItResumes(Provider provider, String version) throws Exception {
		X509Bundle alice = new CertificateBuilder().ecp256().subject("CN=alice").buildIssuedBy(authority);
		try (TestServer server = start(provider.contexts(elliptic, ClientCertificate.NEED), UnaryOperator.identity())) {
			Client client = new Client(alice, version);
			for (int i = 0; i < 3; i++) {
				assertThat(client.ask(server)).isEqualTo("CN=alice");
			}
			assertThat(client.shown()).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "OPENSSL,elliptic", "JDK,elliptic", "OPENSSL,rsa", "JDK,rsa" })
	void nothingButForwardSecrecyAndAuthenticatedEncryptionIsOffered(Provider provider, String key) throws Exception {
		X509Bundle keys = key.equals("rsa") ? rsa : elliptic;
		try (TestServer server = start(provider.contexts(keys, ClientCertificate.NONE), UnaryOperator.identity())) {
			Client client = new Client(null, "TLSv1.2");
			List<String> good = new ArrayList<>();
			List<String> bad = new ArrayList<>();
			for (String suite : client.supported()) {
				boolean modern = suite.startsWith("TLS_ECDHE_")
						&& (suite.contains("_GCM_") || suite.contains("_CHACHA20_"));
				(modern ? good : bad).add(suite);
			}
			assertThat(bad).hasSizeGreaterThan(5);
			try (SSLSocket socket = client.open(server)) {
				socket.setEnabledCipherSuites(bad.toArray(String[]::new));
				assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake);
			}
			try (SSLSocket socket = client.open(server)) {
				socket.setEnabledCipherSuites(good.toArray(String[]::new));
				socket.startHandshake();
				// The first of ours, though the client would have others.
				assertThat(socket.getSession().getCipherSuite()).endsWith("_AES_128_GCM_SHA256");
			}
		}
	}

	// The JDK is told so by NettyPreparingListener, for the whole JVM.
	@Test
	void aClientMayNotBeginAnotherHandshakeByOpenSsl() throws Exception {
		try (TestServer server = start(Provider.OPENSSL.contexts(elliptic, ClientCertificate.NONE),
				UnaryOperator.identity()); SSLSocket socket = new Client(null, "TLSv1.2").open(server)) {
			socket.startHandshake();
			socket.startHandshake();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> new RawClient(socket).get("/").receive());
		}
	}

	@ParameterizedTest
	@CsvSource({ "OPENSSL,/large", "JDK,/large", "OPENSSL,/file", "JDK,/file" })
	void aClientThatTakesItSlowlyIsNotDisturbed(Provider provider, String what) throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[LARGE]);
		SlowReader.read((deadline, reader) -> {
			ConnectionTimeouts timeouts = new ConnectionTimeouts(deadline, deadline, deadline, deadline, 240, deadline,
					Duration.ZERO);
			try (TestServer server = start(provider.contexts(elliptic, ClientCertificate.NONE),
					(config) -> config.timeouts(timeouts));
					RawClient client = new RawClient(new Client(null, "TLSv1.3").open(server, 4096))) {
				client.get(what.equals("/file") ? "/file" + file : what);
				assertThat(reader.body(client, LARGE)).isEqualTo(LARGE);
				assertThat(server.counts.of("timeout.write")).isZero();
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void aClientThatTakesNothingIsReset(Provider provider) throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), SHORT,
				Duration.ofSeconds(60), 240, SHORT, Duration.ZERO);
		try (TestServer server = start(provider.contexts(elliptic, ClientCertificate.NONE),
				(config) -> config.timeouts(timeouts));
				RawClient client = new RawClient(new Client(null, "TLSv1.3").open(server, 4096))) {
			client.get("/large");
			server.awaitAllClosed();
			assertThat(server.counts.of("timeout.write")).isOne();
			assertThatExceptionOfType(IOException.class).isThrownBy(client::readAll);
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2", "TLSv1.3" })
	void whoSaysGoodbyeBehindItsRequestIsAnsweredByTheJdk(String version) throws Exception {
		try (TestServer server = start(Provider.JDK.contexts(elliptic, ClientCertificate.NONE),
				UnaryOperator.identity()); SSLSocket socket = new Client(null, version).open(server)) {
			RawClient client = new RawClient(socket).get("/");
			socket.shutdownOutput();
			assertThat(client.receive().body()).isEqualTo("nobody");
			assertThat(client.readAll()).isEmpty();
		}
	}

	/** A client that remembers its sessions, and whose certificates it was shown. */
	private static final class Client extends X509ExtendedTrustManager {

		private final SSLContext context = SSLContext.getInstance("TLS");

		private final String version;

		private final List<String> shown = new ArrayList<>();

		Client(@Nullable X509Bundle own, String version) throws Exception {
			KeyManager[] keys = (own != null) ? own.toKeyManagerFactory().getKeyManagers() : null;
			this.context.init(keys, new TrustManager[] { this }, null);
			this.version = version;
		}

		List<String> shown() {
			return this.shown;
		}

		String[] supported() {
			return this.context.getSupportedSSLParameters().getCipherSuites();
		}

		SSLSocket open(TestServer server) throws Exception {
			return open(server, 64 * 1024);
		}

		SSLSocket open(TestServer server, int receiveBuffer) throws Exception {
			// Sessions are remembered by name and port.
			SSLSocket socket = (SSLSocket) this.context.getSocketFactory()
				.createSocket(server.connect(receiveBuffer), "localhost", server.port(), true);
			socket.setEnabledProtocols(new String[] { this.version });
			return socket;
		}

		/** Ask on a new connection. */
		String ask(TestServer server) throws Exception {
			try (RawClient client = new RawClient(open(server))) {
				String answer = client.get("/").receive().body();
				// With the goodbye comes what the session is resumed by, at the latest.
				((SSLSocket) client.socket()).shutdownOutput();
				client.readAll();
				return answer;
			}
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
			this.shown.add(chain[0].getSubjectX500Principal().getName());
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
			throw new AssertionError("There is a socket");
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
			throw new AssertionError("There is a socket");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
			throw new AssertionError("This is a client");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
			throw new AssertionError("This is a client");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
			throw new AssertionError("This is a client");
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
