package io.millrace.core.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import javax.net.ssl.SSLSession;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DirectOrigins}.
 */
class DirectOriginsTests {

	private static Origin resolve(String target, @Nullable String host, String local) throws Exception {
		HttpHeaders headers = new DefaultHttpHeaders();
		if (host != null) {
			headers.set("Host", host);
		}
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(local), 8080);
		RequestHead request = new RequestHead("GET", RequestTarget.parse("GET", target), ProtocolVersion.HTTP_1_1,
				headers, BodyFraming.NONE);
		return DirectOrigins.INSTANCE.resolve(request, new ConnectionInfo() {

			@Override
			public String id() {
				return "test";
			}

			@Override
			public InetSocketAddress remoteAddress() {
				return address;
			}

			@Override
			public InetSocketAddress localAddress() {
				return address;
			}

			@Override
			public @Nullable SSLSession sslSession() {
				return null;
			}

		});
	}

	@ParameterizedTest
	@CsvSource({ "a, a, 80", "a:, a, 80", "a:81, a, 81", "[::1], [::1], 80", "[::1]:81, [::1], 81",
			"[::1]:, [::1], 80" })
	void theHostHeaderNamesHostAndPort(String header, String host, int port) throws Exception {
		Origin origin = resolve("/", header, "127.0.0.1");
		assertThat(origin.scheme()).isEqualTo("http");
		assertThat(origin.host()).isEqualTo(host);
		assertThat(origin.port()).isEqualTo(port);
	}

	@Test
	void anAbsoluteTargetReplacesTheHostHeader() throws Exception {
		assertThat(resolve("http://b:99/", "a", "127.0.0.1").authority()).isEqualTo("b:99");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-, 127.0.0.1, 127.0.0.1:8080", "'', 127.0.0.1, 127.0.0.1:8080",
			"-, ::1, [0:0:0:0:0:0:0:1]:8080" })
	void withoutAHostItIsTheAddressOfTheSocket(String header, String local, String authority) throws Exception {
		assertThat(resolve("/", header, local).authority()).isEqualTo(authority);
	}

}
