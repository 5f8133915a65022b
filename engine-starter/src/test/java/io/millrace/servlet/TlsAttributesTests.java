package io.millrace.servlet;

import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests of {@link TlsAttributes}.
 */
class TlsAttributesTests {

	private final SSLSession session = mock(SSLSession.class);

	@Test
	void aConnectionWithoutTlsHasNone() {
		assertThat(TlsAttributes.names(connection(null))).isEmpty();
		assertThat(TlsAttributes.get(connection(null), "jakarta.servlet.request.cipher_suite")).isNull();
	}

	@Test
	void protocolSuiteAndSessionAreTold() throws Exception {
		given(this.session.getProtocol()).willReturn("TLSv1.3");
		given(this.session.getCipherSuite()).willReturn("TLS_AES_256_GCM_SHA384");
		given(this.session.getId()).willReturn(new byte[] { 1, (byte) 0xAB });
		given(this.session.getPeerCertificates()).willThrow(new SSLPeerUnverifiedException("none"));
		ConnectionInfo connection = connection(this.session);
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.secure_protocol")).isEqualTo("TLSv1.3");
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.cipher_suite"))
			.isEqualTo("TLS_AES_256_GCM_SHA384");
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.key_size")).isEqualTo(256);
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.ssl_session_id")).isEqualTo("01ab");
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.X509Certificate")).isNull();
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.other")).isNull();
		assertThat(TlsAttributes.names(connection)).containsExactly("jakarta.servlet.request.secure_protocol",
				"jakarta.servlet.request.cipher_suite", "jakarta.servlet.request.key_size",
				"jakarta.servlet.request.ssl_session_id");
	}

	@Test
	void theCertificatesOfTheClientAreToldInTheirOrder() throws Exception {
		X509Certificate own = mock(X509Certificate.class);
		X509Certificate issuer = mock(X509Certificate.class);
		given(this.session.getCipherSuite()).willReturn("TLS_AES_128_GCM_SHA256");
		given(this.session.getProtocol()).willReturn("TLSv1.3");
		given(this.session.getId()).willReturn(new byte[0]);
		given(this.session.getPeerCertificates()).willReturn(new Certificate[] { own, issuer });
		ConnectionInfo connection = connection(this.session);
		assertThat((X509Certificate[]) TlsAttributes.get(connection, "jakarta.servlet.request.X509Certificate"))
			.containsExactly(own, issuer);
		assertThat(TlsAttributes.names(connection)).contains("jakarta.servlet.request.X509Certificate");
		assertThat(TlsAttributes.get(connection, "jakarta.servlet.request.key_size")).isEqualTo(128);
	}

	private static ConnectionInfo connection(@Nullable SSLSession session) {
		return new ConnectionInfo() {

			@Override
			public String id() {
				return "1";
			}

			@Override
			public InetSocketAddress remoteAddress() {
				return new InetSocketAddress(1);
			}

			@Override
			public InetSocketAddress localAddress() {
				return new InetSocketAddress(2);
			}

			@Override
			public @Nullable SSLSession sslSession() {
				return session;
			}

		};
	}

}
