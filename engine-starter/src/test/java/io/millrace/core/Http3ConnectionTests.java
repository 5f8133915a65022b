package io.millrace.core;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.http3.Http3Client;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.http3.Http3UnavailableException;
import io.millrace.core.http3.UdpRelay;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicTransportError;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * HTTP/3 connections: how they begin, move and end.
 */
@Timeout(120)
class Http3ConnectionTests {

	private static final ExchangeHandler HELLO = (exchange) -> TestEngine.text(exchange, "hello");

	private static TestEngine start(ExchangeHandler handler, UnaryOperator<EngineConfig.Builder> more)
			throws Exception {
		return new TestEngine(Transport.best(), handler, Http3Tests.http3(more)).start();
	}

	@Test
	void aDrainAnswersWhatIsInFlightAndSaysGoodbye() throws Exception {
		TestEngine.Gate gate = new TestEngine.Gate(1);
		try (TestEngine engine = start(TestEngine.slow("/slow", gate), UnaryOperator.identity());
				Http3Client client = Http3Tests.connect(engine);
				Http3Client idle = Http3Tests.connect(engine)) {
			assertThat(idle.get("/").status()).isEqualTo(200);
			CompletableFuture<Http3Client.Response> slow = client.send("GET", "/slow", null);
			gate.awaitEntered();
			CompletableFuture<Void> drained = engine.engine().drain().toCompletableFuture();
			Awaitility.await().until(() -> client.goAways().size() == 2 && idle.goAways().size() == 2);
			assertThat(client.goAways()).containsExactly((1L << 62) - 4, 4L);
			assertThat(idle.closed().get(30, TimeUnit.SECONDS).error()).isEqualTo(Http3ErrorCode.H3_NO_ERROR.code());
			assertThat(drained).isNotDone();
			gate.open();
			assertThat(slow.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(client.closed().get(30, TimeUnit.SECONDS).error()).isEqualTo(Http3ErrorCode.H3_NO_ERROR.code());
			drained.get(30, TimeUnit.SECONDS);
			assertTurnedAway(TestEngine.loopback(engine.port()));
			engine.engine().stop();
			engine.engine().start();
			try (Http3Client again = Http3Tests.connect(engine)) {
				assertThat(again.get("/").status()).isEqualTo(200);
			}
		}
	}

	// It may be told after it has done its part of the handshake.
	private static void assertTurnedAway(InetSocketAddress address) throws Exception {
		try (Http3Client late = new Http3Client(address, Http3Tests.trusting())) {
			assertThat(late.closed().get(30, TimeUnit.SECONDS).error())
				.isEqualTo((int) QuicTransportError.CONNECTION_REFUSED.code());
		}
		catch (ExecutionException ex) {
			assertThat(ex).hasMessageContaining("Closed");
		}
	}

	@Test
	void aStopCutsWhatIsInFlight() throws Exception {
		try (TestEngine engine = start((exchange) -> {
		}, UnaryOperator.identity()); Http3Client client = Http3Tests.connect(engine)) {
			CompletableFuture<Http3Client.Response> cut = client.send("GET", "/", null);
			Awaitility.await().until(() -> engine.engine().snapshot().requests().inFlight() == 1);
			engine.engine().stop();
			assertThat(cut).failsWithin(Duration.ofSeconds(30));
			assertThat(engine.engine().snapshot().connections().open()).isZero();
			assertThat(engine.engine().snapshot().refusals().clientAborts()).isZero();
		}
	}

	@Test
	void aConnectionEndsAfterAsManyRequestsAsItMayHave() throws Exception {
		Http1Options limits = new Http1Options(8192, 8192, 100, 0, 0, 3, null);
		try (TestEngine engine = start(HELLO, (builder) -> builder.http1(limits));
				Http3Client client = Http3Tests.connect(engine)) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/").body()).isEqualTo("hello");
			}
			assertThat(client.closed().get(30, TimeUnit.SECONDS).error()).isEqualTo(Http3ErrorCode.H3_NO_ERROR.code());
			assertThat(client.goAways()).last().isEqualTo(12L);
		}
	}

	@Test
	void aConnectionThatIsIdleForTooLongEnds() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(Duration.ofSeconds(20), Duration.ofMillis(300),
				Duration.ofSeconds(30), Duration.ofSeconds(3), 240, Duration.ofSeconds(10), Duration.ZERO);
		try (TestEngine engine = start(HELLO, (builder) -> builder.timeouts(timeouts));
				Http3Client client = Http3Tests.connect(engine)) {
			assertThat(client.get("/").body()).isEqualTo("hello");
			assertThat(client.closed().get(30, TimeUnit.SECONDS).error()).isEqualTo(Http3ErrorCode.H3_NO_ERROR.code());
			assertThat(engine.engine().snapshot().refusals().timeouts()).containsEntry("idle", 1L);
			Awaitility.await()
				.untilAsserted(() -> assertThat(engine.engine().snapshot().connections().open()).isZero());
		}
	}

	@Test
	void aClientWhoseAddressChangesIsStillUnderstood() throws Exception {
		ExchangeHandler handler = (exchange) -> TestEngine.text(exchange,
				Integer.toString(exchange.connection().remoteAddress().getPort()));
		try (TestEngine engine = start(handler, UnaryOperator.identity())) {
			// Half of them move to another socket of ours.
			for (int i = 0; i < 8; i++) {
				try (UdpRelay relay = new UdpRelay(TestEngine.loopback(engine.port()));
						Http3Client client = new Http3Client(relay.address(), Http3Tests.trusting())) {
					assertThat(client.get("/").body()).isEqualTo(Integer.toString(relay.port()));
					relay.rebind();
					Awaitility.await()
						.untilAsserted(
								() -> assertThat(client.get("/").body()).isEqualTo(Integer.toString(relay.port())));
					assertThat(engine.engine().connections(10, false)).extracting(ConnectionSnapshot::remoteAddress)
						.contains(new InetSocketAddress(relay.address().getAddress(), relay.port()));
				}
			}
			assertThat(engine.engine().snapshot().connections().accepted()).isEqualTo(8);
		}
	}

	@Test
	void responsesOverTcpTellOfIt() throws Exception {
		try (TestEngine engine = start(HELLO, UnaryOperator.identity());
				Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Response there = client.get("/");
			assertThat(there.body()).isEqualTo("hello");
			assertThat(there.header("alt-svc")).isNull();
			String response = overTls(engine.port());
			assertThat(response).startsWith("HTTP/1.1 200 OK\r\n")
				.contains("\r\nAlt-Svc: h3=\":" + engine.port() + "\"; ma=86400\r\n");
		}
		Http3Options silent = new Http3Options(100, Duration.ofSeconds(30), 262_144, 2_097_152, false, false,
				Duration.ZERO);
		try (TestEngine engine = start(HELLO, (builder) -> builder.http3(silent))) {
			assertThat(overTls(engine.port())).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Alt-Svc");
		}
	}

	// The other listener has no UDP port beside it.
	@Test
	void onlyResponsesOverTcpBesideItTellOfIt() throws Exception {
		TlsSettings settings = new TlsSettings(Http3Tests.CERTIFICATE.toKeyManagerFactory(), null,
				ClientCertificate.NONE, "TLS", null, null);
		TlsOptions both = TlsOptions.of(new TlsContexts(settings, Map.of(), true));
		try (TestEngine engine = start(HELLO,
				(builder) -> builder.tls(both)
					.http2(Http2Options.defaults())
					.moreListeners(List.of(ListenerTests.tcp("other", 0).withTls(both))))) {
			int other = ListenerTests.port(engine, "other");
			assertThat(engine.engine().snapshot().listeners()).extracting(EngineSnapshot.Listener::protocols)
				.containsExactly(List.of("http1", "http2", "http3"), List.of("http1", "http2"));
			HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build();
			HttpResponse<String> beside = get(client, engine.port());
			assertThat(beside.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(beside.headers().firstValue("alt-svc")).hasValue("h3=\":" + engine.port() + "\"; ma=86400");
			HttpResponse<String> elsewhere = get(client, other);
			assertThat(elsewhere.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(elsewhere.headers().firstValue("alt-svc")).isEmpty();
			assertThat(overTls(other)).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Alt-Svc");
			try (Http3Client over = Http3Tests.connect(engine)) {
				assertThat(over.get("/").header("alt-svc")).isNull();
			}
		}
	}

	private static HttpResponse<String> get(HttpClient client, int port) throws Exception {
		return client.send(HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/")).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static SSLContext trusting() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { Http3Tests.CERTIFICATE.toTrustManager() }, null);
		return context;
	}

	private static String overTls(int port) throws Exception {
		try (Socket socket = trusting().getSocketFactory().createSocket("localhost", port)) {
			socket.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	private static DatagramSocket takenForUdpOnly() throws IOException {
		while (true) {
			try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				return new DatagramSocket(TestEngine.loopback(free.getLocalPort()));
			}
			catch (BindException ex) {
				// It is free for TCP only: the next one.
			}
		}
	}

	@Test
	void aPortThatIsTakenForUdpIsNotUsed() throws Exception {
		try (DatagramSocket taken = takenForUdpOnly()) {
			ListenerOptions there = ListenerOptions.at(TestEngine.loopback(taken.getLocalPort()));
			try (TestEngine engine = new TestEngine(Transport.best(), HELLO,
					Http3Tests.http3((builder) -> builder.listener(there)))) {
				assertThatExceptionOfType(BindException.class).isThrownBy(engine::start)
					.withMessageContaining("(UDP)");
				// Nothing is left of the TCP socket either.
				assertThat(engine.engine().port()).isEqualTo(-1);
				taken.close();
				engine.start();
				assertThat(overTls(engine.port())).startsWith("HTTP/1.1 200");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(ClientCertificate.class)
	void clientsShowTheirCertificate(ClientCertificate asked) throws Exception {
		X509Bundle clients = new CertificateBuilder().ecp256()
			.subject("CN=clients")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle alice = new CertificateBuilder().ecp256()
			.subject("CN=alice")
			.addExtendedKeyUsageClientAuth()
			.buildIssuedBy(clients);
		TlsSettings settings = new TlsSettings(Http3Tests.CERTIFICATE.toKeyManagerFactory(),
				clients.toTrustManagerFactory(), asked, "TLS", null, null);
		TlsContexts contexts = new TlsContexts(settings, Map.of("named.example", settings));
		ExchangeHandler handler = (exchange) -> {
			var shown = exchange.connection().clientCertificates();
			TestEngine.text(exchange, (shown != null) ? shown[0].getSubjectX500Principal().getName() : "none");
		};
		try (TestEngine engine = start(handler, (builder) -> builder.tls(TlsOptions.of(contexts)))) {
			InetSocketAddress address = TestEngine.loopback(engine.port());
			for (String name : new String[] { "localhost", "named.example" }) {
				try (Http3Client client = new Http3Client(address,
						(tls) -> tls.trustManager(InsecureTrustManagerFactory.INSTANCE).keyManager(keys(alice), null),
						name)) {
					assertThat(client.get("/").body())
						.isEqualTo((asked == ClientCertificate.NONE) ? "none" : "CN=alice");
				}
				if (asked == ClientCertificate.NEED) {
					assertRefused(address, name);
				}
				else {
					try (Http3Client client = new Http3Client(address,
							(tls) -> tls.trustManager(InsecureTrustManagerFactory.INSTANCE), name)) {
						assertThat(client.get("/").body()).isEqualTo("none");
					}
				}
			}
		}
	}

	private static void assertRefused(InetSocketAddress address, String name) {
		// A client of TLS 1.3 has done its part before it is told.
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
			try (Http3Client client = new Http3Client(address,
					(tls) -> tls.trustManager(InsecureTrustManagerFactory.INSTANCE), name)) {
				client.get("/");
			}
		});
	}

	private static javax.net.ssl.KeyManagerFactory keys(X509Bundle bundle) {
		try {
			return bundle.toKeyManagerFactory();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void certificatesAreChosenByNameAndCanBeReplaced() throws Exception {
		X509Bundle other = named("*.other.example");
		X509Bundle newer = named("*.other.example");
		TlsContexts contexts = new TlsContexts(settings(Http3Tests.CERTIFICATE),
				Map.of("*.other.example", settings(other)));
		try (TestEngine engine = start(HELLO, (builder) -> builder.tls(TlsOptions.of(contexts)))) {
			InetSocketAddress address = TestEngine.loopback(engine.port());
			assertThat(served(address, "localhost")).isEqualTo(Http3Tests.CERTIFICATE.getCertificate());
			assertThat(served(address, "a.other.example")).isEqualTo(other.getCertificate());
			try (Http3Client open = Http3Tests.connect(engine)) {
				contexts.replace("*.other.example", settings(newer));
				contexts.replace(settings(other));
				assertThat(open.get("/").body()).isEqualTo("hello");
			}
			assertThat(served(address, "a.other.example")).isEqualTo(newer.getCertificate());
			assertThat(served(address, "localhost")).isEqualTo(other.getCertificate());
		}
	}

	private static X509Bundle named(String name) throws Exception {
		return new CertificateBuilder().rsa2048()
			.subject("CN=" + name.substring(2))
			.addSanDnsName("a" + name.substring(1))
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
	}

	private static TlsSettings settings(X509Bundle bundle) throws Exception {
		return new TlsSettings(bundle.toKeyManagerFactory(), null, ClientCertificate.NONE, "TLS", null, null);
	}

	private static java.security.cert.Certificate served(InetSocketAddress address, String name) throws Exception {
		try (Http3Client client = new Http3Client(address,
				(tls) -> tls.trustManager(InsecureTrustManagerFactory.INSTANCE), name)) {
			return client.connection().sslEngine().getSession().getPeerCertificates()[0];
		}
	}

	@Test
	void withoutTlsItIsRefused() {
		EngineConfig config = EngineConfig.builder().http3(Http3Options.defaults()).build();
		assertThatExceptionOfType(Http3UnavailableException.class).isThrownBy(() -> new Engine(config, HELLO))
			.extracting(Http3UnavailableException::reason)
			.isEqualTo(Http3UnavailableException.Reason.TLS);
	}

}
