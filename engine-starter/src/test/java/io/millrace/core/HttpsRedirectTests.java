package io.millrace.core;

import java.util.List;
import java.util.Map;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import io.netty.pkitesting.CertificateBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener that sends its clients to HTTPS.
 */
@Timeout(60)
class HttpsRedirectTests {

	private static final ExchangeHandler APPLICATION = (exchange) -> TestEngine.text(exchange,
			"application " + exchange.request().target().path());

	private static TestEngine engine;

	@BeforeAll
	static void start() throws Exception {
		TlsSettings settings = new TlsSettings(new CertificateBuilder().ecp256()
			.subject("CN=a")
			.setIsCertificateAuthority(true)
			.buildSelfSigned()
			.toKeyManagerFactory(), null, ClientCertificate.NONE, "TLS", null, null);
		TlsOptions tls = TlsOptions.of(new TlsContexts(settings, Map.of()));
		engine = new TestEngine(Transport.best(), APPLICATION,
				(config) -> config.tls(tls)
					.moreListeners(List.of(ListenerTests.tcp("own", 0).redirecting(0),
							ListenerTests.tcp("standard", 0).redirecting(443),
							ListenerTests.tcp("public", 0).redirecting(8443))))
			.start();
	}

	@AfterAll
	static void stop() {
		engine.close();
	}

	private static RawClient connect(String listener) throws Exception {
		return new RawClient(ListenerTests.port(engine, listener));
	}

	@Test
	void theSameIsToBeAskedOfThePortOfHttps() throws Exception {
		try (RawClient client = connect("own")) {
			for (String target : List.of("/", "/courses/7?page=2&x=%20", "//evil.example/", "/fast")) {
				client.send("GET " + target + " HTTP/1.1\r\nHost: app.example:8080\r\n\r\n");
				RawClient.Response response = client.receive();
				assertThat(response.status()).isEqualTo(308);
				assertThat(response.headers()).containsEntry("location",
						"https://app.example:" + engine.port() + target);
				assertThat(response.body()).isEmpty();
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "standard, https://app.example/x", "public, https://app.example:8443/x" })
	void thePortIsTheOneThatClientsReach(String listener, String location) throws Exception {
		try (RawClient client = connect(listener)) {
			client.send("GET /x HTTP/1.1\r\nHost: app.example\r\n\r\n");
			assertThat(client.receive().headers()).containsEntry("location", location);
		}
	}

	@Test
	void methodAndBodyAreKeptByTheClientAndReadAwayHere() throws Exception {
		try (RawClient client = connect("standard")) {
			client.send("POST /orders HTTP/1.1\r\nHost: app.example\r\nContent-Length: 5\r\n\r\nhello");
			assertThat(client.receive().status()).isEqualTo(308);
			client.send("DELETE /orders/1 HTTP/1.1\r\nHost: app.example\r\n\r\n");
			assertThat(client.receive().headers()).containsEntry("location", "https://app.example/orders/1");
		}
	}

	@Test
	void anAddressIsAHostToo() throws Exception {
		try (RawClient client = connect("standard")) {
			client.send("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n");
			assertThat(client.receive().headers()).containsEntry("location", "https://[2001:db8::1]/");
			client.send("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
			assertThat(client.receive().headers()).containsEntry("location", "https://192.0.2.1/");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example/", "evil.example\\", "app.example@evil.example", "evil.example#",
			"evil.example?", "evil.example%2f", "evil.example%00", "a,b", "a;b", "a b", "app.example:x",
			"app.example:99999", "(evil)", "$evil", ".", "..", "a..b", ".example", "-", "", "[::1", "[::1]x", "[evil]",
			"app.example:80:80", "a'b", "\u00e4" })
	void aHostThatIsNoneGoesNowhere(String host) throws Exception {
		try (RawClient client = connect("standard")) {
			client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(400);
			assertThat(response.headers()).doesNotContainKey("location");
		}
	}

	@Test
	void twoHostsOrNoneGoNowhere() throws Exception {
		for (String head : List.of("GET / HTTP/1.1\r\nHost: a.example\r\nHost: evil.example\r\n\r\n",
				"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
				"GET http://evil.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")) {
			try (RawClient client = connect("standard")) {
				assertThat(client.send(head).receive().status()).isEqualTo(400);
			}
		}
	}

	@Test
	void aForwardedHostIsNotBelieved() throws Exception {
		try (RawClient client = connect("standard")) {
			client.send("GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Host: evil.example\r\n"
					+ "Forwarded: host=evil.example\r\n\r\n");
			assertThat(client.receive().headers()).containsEntry("location", "https://a.example/");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA, 200",
			"/.well-known/acme-challenge/, 308", "/.well-known/acme-challenge/../../secret, 308",
			"/.well-known/acme-challenge/a/b, 308", "/.well-known/acme-challenge/a%2fb, 308",
			"/.well-known/acme-challenge, 308", "/.well-known/other, 308" })
	void theProofForACertificateIsGivenInPlainText(String path, int status) throws Exception {
		try (RawClient client = connect("standard")) {
			client.send("GET " + path + " HTTP/1.1\r\nHost: app.example\r\n\r\n");
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo((status == 200) ? "application " + path : "");
		}
	}

}
