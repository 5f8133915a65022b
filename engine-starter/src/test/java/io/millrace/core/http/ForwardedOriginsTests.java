package io.millrace.core.http;

import java.net.InetSocketAddress;
import java.util.List;

import javax.net.ssl.SSLSession;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ForwardedOriginsTests {

	private static final String PROXY = "10.0.0.7";

	private static final String STRANGER = "198.51.100.9";

	private final HttpHeaders headers = new DefaultHttpHeaders().add("Host", "backend:8080");

	@Test
	void withoutForwardedHeadersTheConnectionIsBelieved() throws Exception {
		assertThat(resolve(PROXY)).isEqualTo(new Origin("http", "backend", 8080, peer(PROXY)));
	}

	@Test
	void aTrustedProxyTellsClientSchemeHostAndPort() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5")
			.add("X-Forwarded-Proto", "https")
			.add("X-Forwarded-Host", "example.com")
			.add("X-Forwarded-Port", "8443");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("https", "example.com", 8443, client("203.0.113.5")));
	}

	@Test
	void theStandardHeaderTellsTheSame() throws Exception {
		this.headers.add("Forwarded", "for=203.0.113.5;proto=https;host=\"example.com:8443\"");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("https", "example.com", 8443, client("203.0.113.5")));
	}

	@Test
	void aStrangerIsNotBelieved() throws Exception {
		this.headers.add("X-Forwarded-For", "127.0.0.1")
			.add("X-Forwarded-Proto", "https")
			.add("X-Forwarded-Host", "evil.example")
			.add("Forwarded", "for=127.0.0.1;proto=https;host=evil.example");
		assertThat(resolve(STRANGER)).isEqualTo(new Origin("http", "backend", 8080, peer(STRANGER)));
	}

	@Test
	void whatTheClientInventedBeforeTheProxyIsNotBelieved() throws Exception {
		this.headers.add("X-Forwarded-For", "127.0.0.1, 203.0.113.5");
		assertThat(resolve(PROXY).client()).isEqualTo(client("203.0.113.5"));
	}

	@Test
	void severalLinesAreOneList() throws Exception {
		this.headers.add("X-Forwarded-For", "127.0.0.1").add("X-Forwarded-For", "203.0.113.5, 10.0.0.8");
		assertThat(resolve(PROXY).client()).isEqualTo(client("203.0.113.5"));
	}

	@Test
	void everyProxyOfAChainThatAddsIsReadAtItsPlace() throws Exception {
		this.headers.add("X-Forwarded-For", "6.6.6.6, 203.0.113.5, 10.0.0.8")
			.add("X-Forwarded-Proto", "http, https, http")
			.add("X-Forwarded-Host", "evil.example, example.com, inner.example");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("https", "example.com", 443, client("203.0.113.5")));
	}

	@Test
	void whatTheLastProxyOfAChainOverwroteHoldsForAll() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5, 10.0.0.8")
			.add("X-Forwarded-Proto", "https")
			.add("X-Forwarded-Host", "example.com");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("https", "example.com", 443, client("203.0.113.5")));
	}

	@Test
	void aChainOfProxiesInTheStandardHeaderIsReadAtTheClientsPlace() throws Exception {
		this.headers.add("Forwarded", "for=6.6.6.6;host=evil.example, for=203.0.113.5;proto=https;host=example.com,"
				+ "for=10.0.0.8;proto=http;host=inner.example");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("https", "example.com", 443, client("203.0.113.5")));
	}

	@Test
	void whereAllAreProxiesTheFarthestIsTheClient() throws Exception {
		this.headers.add("X-Forwarded-For", "10.0.0.9, 10.0.0.8");
		assertThat(resolve(PROXY).client()).isEqualTo(client("10.0.0.9"));
	}

	@ParameterizedTest
	@CsvSource({ "203.0.113.5:4711, 203.0.113.5, 4711", "[2001:db8::1]:4711, 2001:db8::1, 4711",
			"2001:db8::1, 2001:db8::1, 0", "[2001:db8::1], 2001:db8::1, 0", "203.0.113.5:_hidden, 203.0.113.5, 0",
			"::ffff:203.0.113.5, 203.0.113.5, 0" })
	void anAddressMayHaveAPort(String text, String address, int port) throws Exception {
		this.headers.add("X-Forwarded-For", text);
		assertThat(resolve(PROXY).client()).isEqualTo(new InetSocketAddress(address, port));
	}

	@ParameterizedTest
	@ValueSource(strings = { "unknown", "_hidden", "", "203.0.113", "203.0.113.5.6", "example.com", "[2001:db8::1",
			"1.2.3.4, unknown", "1.2.3.4,", "<script>" })
	void anAddressThatIsNoneIsIgnored(String text) throws Exception {
		this.headers.add("X-Forwarded-For", text);
		assertThat(resolve(PROXY).client()).isEqualTo(peer(PROXY));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp", "", "https\u0000", "javascript" })
	void aSchemeThatIsNoneIsIgnored(String proto) throws Exception {
		HttpHeaders raw = new DefaultHttpHeaders(false).add(this.headers).add("X-Forwarded-Proto", proto);
		assertThat(resolve(PROXY, raw)).isEqualTo(new Origin("http", "backend", 8080, peer(PROXY)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "evil/path", "evil@example", "host:port", "host:0", "host:65536", "[::1",
			"[evil]", "a\\b", "ex%41mple", "evil?x" })
	void aHostThatIsNoneIsIgnored(String host) throws Exception {
		this.headers.add("X-Forwarded-Host", host);
		assertThat(resolve(PROXY)).isEqualTo(new Origin("http", "backend", 8080, peer(PROXY)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "65536", "-1", "123456", "80 ", "x" })
	void aPortThatIsNoneIsIgnored(String port) throws Exception {
		this.headers.add("X-Forwarded-Proto", "https").add("X-Forwarded-Port", port);
		assertThat(resolve(PROXY).port()).isEqualTo(port.equals("80 ") ? 80 : 443);
	}

	@ParameterizedTest
	@ValueSource(strings = { "for=\"203.0.113.5", "for", "for=", "for=203.0.113.5 proto=https", "=203.0.113.5",
			"for=a=b", "proto=https;for==1.2.3.4" })
	void aStandardHeaderThatIsMalformedIsIgnored(String value) throws Exception {
		this.headers.add("Forwarded", value);
		assertThat(resolve(PROXY)).isEqualTo(new Origin("http", "backend", 8080, peer(PROXY)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "For=\"203.0.113.5\"", "FOR=203.0.113.5 ; by=10.0.0.1", ";for=203.0.113.5;",
			"for=\"203\\.0.113.5\"", "secret=\"a,b;c\";for=203.0.113.5", "for=1.1.1.1, for=203.0.113.5" })
	void theSyntaxOfTheStandardHeaderIsUnderstood(String value) throws Exception {
		this.headers.add("Forwarded", value);
		assertThat(resolve(PROXY).client()).isEqualTo(client("203.0.113.5"));
	}

	@Test
	void theStandardHeaderIsNotAskedWhereTheOtherKindIsThere() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5").add("Forwarded", "for=127.0.0.1;host=evil.example");
		assertThat(resolve(PROXY)).isEqualTo(new Origin("http", "backend", 8080, client("203.0.113.5")));
	}

	@Test
	void theKindThatProxiesWriteCanBeNamed() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5").add("Forwarded", "for=203.0.113.6");
		assertThat(resolver(ForwardedOrigins.Header.FORWARDED).resolve(head(this.headers), connection(PROXY)).client())
			.isEqualTo(client("203.0.113.6"));
		this.headers.remove("X-Forwarded-For");
		assertThat(
				resolver(ForwardedOrigins.Header.X_FORWARDED).resolve(head(this.headers), connection(PROXY)).client())
			.isEqualTo(peer(PROXY));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.255.255.255", "192.168.0.1", "169.254.1.1", "127.0.0.2", "100.64.0.1",
			"100.127.255.255", "172.16.0.1", "172.31.255.255", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1",
			"::ffff:10.0.0.1" })
	void addressesOfPrivateNetworksAreTrusted(String proxy) throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5");
		assertThat(resolve(proxy).client()).isEqualTo(client("203.0.113.5"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "11.0.0.1", "9.255.255.255", "192.169.0.1", "100.128.0.1", "100.63.255.255", "172.32.0.1",
			"172.15.255.255", "128.0.0.1", "::2", "fec0::1", "fe00::1", "2001:db8::1" })
	void allOtherAddressesAreNot(String proxy) throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5");
		assertThat(resolve(proxy).client()).isEqualTo(peer(proxy));
	}

	@Test
	void onlyTheNamedProxiesAreTrusted() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5");
		ForwardedOrigins named = new ForwardedOrigins(List.of(STRANGER, "2001:db8::/33"), ForwardedOrigins.Header.AUTO);
		assertThat(named.resolve(head(this.headers), connection(STRANGER)).client()).isEqualTo(client("203.0.113.5"));
		assertThat(named.resolve(head(this.headers), connection("2001:db8:7fff::1")).client())
			.isEqualTo(client("203.0.113.5"));
		assertThat(named.resolve(head(this.headers), connection("2001:db8:8000::1")).client())
			.isEqualTo(peer("2001:db8:8000::1"));
		assertThat(named.resolve(head(this.headers), connection(PROXY)).client()).isEqualTo(peer(PROXY));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "proxy.example", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "::/129", "10.0.0/8", "/8",
			"10.0.0.0/-1", "10.0.0.0/0008" })
	void aBlockThatIsNoneIsRefused(String block) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ForwardedOrigins(List.of(block), ForwardedOrigins.Header.AUTO))
			.withMessageContaining("'" + block + "'");
	}

	@Test
	void anEmptyPrefixTrustsEverybody() throws Exception {
		this.headers.add("X-Forwarded-For", "203.0.113.5");
		ForwardedOrigins all = new ForwardedOrigins(List.of("0.0.0.0/0"), ForwardedOrigins.Header.AUTO);
		assertThat(all.resolve(head(this.headers), connection(STRANGER)).client()).isEqualTo(client("203.0.113.5"));
	}

	private Origin resolve(String peer) throws ProtocolException {
		return resolve(peer, this.headers);
	}

	private static Origin resolve(String peer, HttpHeaders headers) throws ProtocolException {
		return resolver(ForwardedOrigins.Header.AUTO).resolve(head(headers), connection(peer));
	}

	private static ForwardedOrigins resolver(ForwardedOrigins.Header header) {
		return new ForwardedOrigins(ForwardedOrigins.INTERNAL_PROXIES, header);
	}

	private static RequestHead head(HttpHeaders headers) throws ProtocolException {
		return new RequestHead("GET", RequestTarget.parse("GET", "/"), ProtocolVersion.HTTP_1_1, headers,
				BodyFraming.NONE);
	}

	private static InetSocketAddress peer(String address) {
		return new InetSocketAddress(address, 4242);
	}

	private static InetSocketAddress client(String address) {
		return new InetSocketAddress(address, 0);
	}

	private static ConnectionInfo connection(String peer) {
		return new ConnectionInfo() {

			@Override
			public String id() {
				return "1";
			}

			@Override
			public InetSocketAddress remoteAddress() {
				return peer(peer);
			}

			@Override
			public InetSocketAddress localAddress() {
				return new InetSocketAddress("127.0.0.1", 8080);
			}

			@Override
			public @Nullable SSLSession sslSession() {
				return null;
			}

		};
	}

}
