package io.millrace.core.transport;

import java.util.List;

import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link TlsSettings}.
 */
class TlsSettingsTests {

	@ParameterizedTest
	@ValueSource(strings = { "TLS", "TLSv1.3" })
	void sessionsAreBoundedInNumberAndTime(String protocol) throws Exception {
		X509Bundle keys = new CertificateBuilder().ecp256()
			.subject("CN=a")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		SslContext context = new TlsSettings(keys.toKeyManagerFactory(), null, ClientCertificate.NONE, protocol,
				List.of("TLSv1.3", "TLSv1.2"), null)
			.createContext(false);
		try {
			assertThat(context).isInstanceOf(protocol.equals("TLS") ? OpenSslContext.class : JdkSslContext.class);
			assertThat(context.sessionCacheSize()).isEqualTo(20_480);
			// In seconds.
			assertThat(context.sessionTimeout()).isEqualTo(86_400);
		}
		finally {
			ReferenceCountUtil.release(context);
		}
	}

}
