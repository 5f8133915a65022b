package io.millrace.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.ProxyProtocolOptions;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that begin with a header of the PROXY protocol.
 */
@Timeout(60)
class ProxyProtocolTests {

	private static final String V1 = "PROXY TCP4 203.0.113.5 198.51.100.1 51234 443\r\n";

	private static final ExchangeHandler CLIENT = (exchange) -> TestEngine.text(exchange,
			exchange.connection().remoteText() + ":" + exchange.connection().remoteAddress().getPort() + " to "
					+ exchange.connection().localText() + ":" + exchange.connection().localAddress().getPort() + " "
					+ exchange.origin().scheme() + " " + exchange.client().getAddress().getHostAddress());

	private static final byte[] SIGNATURE = { 0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A };

	private static final byte[] ADDRESSES = { (byte) 203, 0, 113, 5, (byte) 198, 51, 100, 1, (byte) 0xC8, 0x22, 0x01,
			(byte) 0xBB };

	// Type, length, the client used TLS, verified.
	private static final byte[] TLS_FLAG = { 0x20, 0, 5, 1, 0, 0, 0, 0 };

	private static final byte[] ALPN = { 0x01, 0, 2, 'h', '2' };

	static Stream<Transport> transports() {
		return TestEngine.available();
	}

	static Stream<byte[]> headers() {
		return Stream.of(ascii(V1), v2(0x21, 0x11, ADDRESSES), v2(0x21, 0x11, ADDRESSES, ALPN));
	}

	private static byte[] v2(int command, int family, byte[]... content) {
		ByteArrayOutputStream header = new ByteArrayOutputStream();
		header.writeBytes(SIGNATURE);
		header.write(command);
		header.write(family);
		int length = Stream.of(content).mapToInt((part) -> part.length).sum();
		header.write(length >> 8);
		header.write(length);
		Stream.of(content).forEach(header::writeBytes);
		return header.toByteArray();
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] with(byte[] header, String request) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		all.writeBytes(header);
		all.writeBytes(ascii(request));
		return all.toByteArray();
	}

	private static String get() {
		return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	}

	private static TestEngine start(Transport transport, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return new TestEngine(transport, CLIENT, (config) -> more.apply(config.proxyProtocol(trusting("127.0.0.1/32"))))
			.start();
	}

	private static TestEngine start() throws Exception {
		return start(Transport.best(), UnaryOperator.identity());
	}

	private static ProxyProtocolOptions trusting(String... proxies) {
		return new ProxyProtocolOptions(List.of(proxies), Duration.ofSeconds(30));
	}

	private static EngineSnapshot.Connections counts(TestEngine engine) {
		return engine.engine().snapshot().connections();
	}

	private static void assertRefused(TestEngine engine, String reason, int count) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(counts(engine).refused()).containsEntry(reason, (long) count));
		assertThat(counts(engine).accepted()).isZero();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void theClientIsWhomTheProxyNames(Transport transport) throws Exception {
		try (TestEngine engine = start(transport, UnaryOperator.identity())) {
			for (byte[] header : headers().toList()) {
				try (RawClient client = engine.connect()) {
					String body = client.send(with(header, get())).receive().body();
					assertThat(body).isEqualTo("203.0.113.5:51234 to 198.51.100.1:443 http 203.0.113.5");
					assertThat(client.get("/").receive().body()).isEqualTo(body);
				}
			}
		}
	}

	@ParameterizedTest
	@MethodSource("headers")
	void theHeaderMayComeInPieces(byte[] header) throws Exception {
		byte[] all = with(header, get());
		try (TestEngine engine = start()) {
			for (int cut = 1; cut < all.length; cut += 7) {
				try (RawClient client = engine.connect()) {
					client.send(java.util.Arrays.copyOf(all, cut));
					client.send(java.util.Arrays.copyOfRange(all, cut, all.length));
					assertThat(client.receive().body()).startsWith("203.0.113.5:51234");
				}
			}
			try (RawClient client = engine.connect()) {
				for (byte each : all) {
					client.send(new byte[] { each });
				}
				assertThat(client.receive().body()).startsWith("203.0.113.5:51234");
			}
		}
	}

	@Test
	void anAddressOfIpv6IsUnderstood() throws Exception {
		try (TestEngine engine = start(); RawClient client = engine.connect()) {
			client.send("PROXY TCP6 2001:db8::5 2001:db8::1 51234 443\r\n" + get());
			assertThat(client.receive().body()).startsWith("2001:db8:0:0:0:0:0:5:51234 to 2001:db8:0:0:0:0:0:1:443");
		}
	}

	@Test
	void aProxyTellsWhetherItsClientUsedTls() throws Exception {
		try (TestEngine engine = start(); RawClient client = engine.connect()) {
			client.send(with(v2(0x21, 0x11, ADDRESSES, ALPN, TLS_FLAG), get()));
			assertThat(client.receive().body()).endsWith(" https 203.0.113.5");
		}
	}

	static Stream<byte[]> headersAboutNobody() {
		return Stream.of(v2(0x20, 0x00), v2(0x20, 0x11, ADDRESSES), v2(0x21, 0x00), ascii("PROXY UNKNOWN\r\n"),
				ascii("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"));
	}

	@ParameterizedTest
	@MethodSource("headersAboutNobody")
	void theHealthCheckOfAProxyIsItsOwn(byte[] header) throws Exception {
		try (TestEngine engine = start(); RawClient client = engine.connect()) {
			assertThat(client.send(with(header, get())).receive().body()).isEqualTo("127.0.0.1:"
					+ client.socket().getLocalPort() + " to 127.0.0.1:" + engine.port() + " http 127.0.0.1");
		}
	}

	@Test
	void tlsFollowsTheHeader() throws Exception {
		X509Bundle own = new CertificateBuilder().ecp256()
			.subject("CN=localhost")
			.addSanDnsName("localhost")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		TlsContexts contexts = new TlsContexts(
				new TlsSettings(own.toKeyManagerFactory(), null, ClientCertificate.NONE, "TLS", null, null),
				java.util.Map.of());
		SSLContext trusting = SSLContext.getInstance("TLS");
		trusting.init(null, new TrustManager[] { own.toTrustManager() }, null);
		try (TestEngine engine = start(Transport.best(), (config) -> config.tls(TlsOptions.of(contexts)));
				Socket plain = new Socket(InetAddress.getLoopbackAddress(), engine.port())) {
			plain.getOutputStream().write(ascii(V1));
			try (SSLSocket tls = (SSLSocket) trusting.getSocketFactory()
				.createSocket(plain, "localhost", engine.port(), true); RawClient client = new RawClient(tls)) {
				assertThat(client.get("/").receive().body())
					.isEqualTo("203.0.113.5:51234 to 198.51.100.1:443 https 203.0.113.5");
			}
			assertThat(counts(engine).handshakes()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "PROXY TCP4 203.0.113.5\r\n",
			"PROXY TCP4 2001:db8::5 198.51.100.1 1 2\r\n", "PROXY TCP4 203.0.113.5 198.51.100.1 70000 443\r\n",
			"PROXY UDP4 203.0.113.5 198.51.100.1 1 2\r\n", "PROXY \u0000\u0001\u0002 x y z 1\r\n",
			"PROXY TCP4 host.example 198.51.100.1 1 2\r\n", "\u0016\u0003\u0001\u0000\u00051234567890123456789\r\n" })
	void whatIsNoHeaderIsRefused(String bytes) throws Exception {
		try (TestEngine engine = start(); RawClient client = engine.connect()) {
			client.send(bytes);
			assertClosed(client);
			assertRefused(engine, "proxy_header", 1);
		}
	}

	static Stream<byte[]> brokenHeaders() {
		return Stream.of(v2(0x31, 0x11, ADDRESSES), v2(0x2f, 0x11, ADDRESSES), v2(0x21, 0x77, ADDRESSES),
				v2(0x21, 0x11, new byte[] { 1, 2, 3 }), v2(0x21, 0x12, ADDRESSES),
				// A value that says that it is longer than what is there.
				v2(0x21, 0x11, ADDRESSES, new byte[] { 0x01, 0x7f, 0x7f, 0 }),
				v2(0x21, 0x11, ADDRESSES, new byte[] { 0x20, 0, 9, 1, 0, 0, 0, 0 }),
				ascii("PROXY TCP4 " + "1".repeat(200)));
	}

	@ParameterizedTest
	@MethodSource("brokenHeaders")
	void aHeaderThatIsBrokenIsRefusedOnce(byte[] header) throws Exception {
		try (TestEngine engine = start(); RawClient client = engine.connect()) {
			client.send(with(header, get()));
			assertClosed(client);
			assertRefused(engine, "proxy_header", 1);
			assertThat(engine.engine().snapshot().refusals().protocolErrors().values()).containsOnly(0L);
		}
	}

	private static void assertClosed(RawClient client) {
		try {
			assertThat(client.in().read()).isEqualTo(-1);
		}
		catch (IOException ex) {
			// Reset, as what it has sent was not read.
			assertThat(ex).isInstanceOf(java.net.SocketException.class);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whoIsNoTrustedProxyIsRefusedWhateverHeSends(Transport transport) throws Exception {
		ListenerOptions everywhere = ListenerOptions.at(new InetSocketAddress(0));
		try (TestEngine engine = start(transport, (config) -> config.listener(everywhere));
				Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress("127.0.0.2", 0));
			socket.connect(new InetSocketAddress("127.0.0.1", engine.port()));
			try (RawClient stranger = new RawClient(socket)) {
				assertClosed(stranger);
			}
			assertRefused(engine, "untrusted_proxy", 1);
			try (RawClient proxy = new RawClient(new Socket("127.0.0.1", engine.port()))) {
				assertThat(proxy.send(V1 + get()).receive().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aHeaderThatDoesNotComeInTimeEndsTheConnection() throws Exception {
		ProxyProtocolOptions hurried = new ProxyProtocolOptions(List.of("127.0.0.1"), Duration.ofMillis(200));
		try (TestEngine engine = start(Transport.best(), (config) -> config.proxyProtocol(hurried));
				RawClient silent = engine.connect();
				RawClient slow = engine.connect()) {
			slow.send("PROXY TCP4 203");
			assertClosed(silent);
			assertClosed(slow);
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(engine.engine().snapshot().refusals().timeouts()).containsEntry("header", 2L));
			assertThat(counts(engine).refused().values()).containsOnly(0L);
		}
	}

	@Test
	void aProxyThatOnlyLooksWhetherSomebodyListensIsNoError() throws Exception {
		try (TestEngine engine = start()) {
			for (int i = 0; i < 5; i++) {
				engine.connect().close();
			}
			try (RawClient half = engine.connect()) {
				half.socket().shutdownOutput();
				assertClosed(half);
			}
			assertThat(counts(engine).refused().values()).containsOnly(0L);
			assertThat(counts(engine).accepted()).isZero();
		}
	}

	@Test
	void aConnectionWhoseHeaderHasNotComeDoesNotOutliveTheListener() throws Exception {
		try (TestEngine engine = start(); RawClient waiting = engine.connect()) {
			waiting.send("PROXY");
			try (RawClient other = engine.connect()) {
				assertThat(other.send(V1 + get()).receive().status()).isEqualTo(200);
			}
			engine.engine().stop();
			assertClosed(waiting);
		}
	}

	@Test
	void theLimitOfConnectionsIsThatOfTheClientsAndNotOfTheProxy() throws Exception {
		ListenerOptions options = new ListenerOptions(TestEngine.loopback(0), 128, false, 0, 1, List.of());
		try (TestEngine engine = start(Transport.best(), (config) -> config.listener(options));
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient other = engine.connect()) {
			assertThat(first.send(V1 + get()).receive().status()).isEqualTo(200);
			second.send(V1 + get());
			assertClosed(second);
			assertThat(other.send(V1.replace("113.5", "113.6") + get()).receive().status()).isEqualTo(200);
			Awaitility.await().untilAsserted(() -> assertThat(counts(engine).refused()).containsEntry("per_ip", 1L));
			first.close();
			Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
				try (RawClient again = engine.connect()) {
					return again.send(V1 + get()).receive().status() == 200;
				}
			});
		}
	}

}
