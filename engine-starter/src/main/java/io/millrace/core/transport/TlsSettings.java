package io.millrace.core.transport;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself and asks of its clients in a TLS handshake.
 *
 * @param keys the certificates of the server and their keys
 * @param trust whose certificates clients may have, {@code null} for those that the JVM
 * trusts
 * @param clients whether clients have to show a certificate
 * @param protocol the name of the JDK's {@link SSLContext}, mostly {@code TLS}
 * @param versions the versions of TLS, {@code null} for 1.3 and 1.2
 * @param ciphers the cipher suites by their standard names, those that are preferred
 * first; {@code null} for those with forward secrecy and authenticated encryption
 */
public record TlsSettings(KeyManagerFactory keys, @Nullable TrustManagerFactory trust, ClientCertificate clients,
		String protocol, @Nullable List<String> versions, @Nullable List<String> ciphers) {

	private static final String ANY_VERSION = "TLS";

	private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

	// RFC 9325 §4.2: what is left of TLS 1.2 when everything without forward secrecy or
	// with a separate MAC is taken out.
	private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
			"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

	// RFC 9113 §3.2. A client that offers neither is taken to speak HTTP/1.1.
	private static final ApplicationProtocolConfig HTTP_2 = new ApplicationProtocolConfig(Protocol.ALPN,
			SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT,
			ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

	// How many sessions may be resumed, and for how long: the JDK's own numbers, for
	// OpenSSL too. The keys of its tickets are made and changed by BoringSSL, and belong
	// to
	// one context: no session goes from one certificate to another.
	private static final int SESSIONS = 20_480;

	private static final int SESSION_SECONDS = 86_400;

	/**
	 * Who does the encryption.
	 * @return {@code OpenSSL} where its library is on the class path and fits the system,
	 * otherwise {@code JDK}
	 */
	public static String provider() {
		return OpenSsl.isAvailable() ? "OpenSSL (" + OpenSsl.versionString() + ")" : "JDK";
	}

	/**
	 * Make a context for new connections.
	 * @param http2 whether HTTP/2 is offered
	 * @return the context
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 * @throws SSLException where a version or a cipher suite is not known
	 */
	SslContext createContext(boolean http2) throws GeneralSecurityException, SSLException {
		ApplicationProtocolConfig protocols = http2 ? HTTP_2 : ApplicationProtocolConfig.DISABLED;
		SslContext context = (OpenSsl.isAvailable() && this.protocol.equals(ANY_VERSION)) ? createOpenSsl(protocols)
				: createJdk(protocols);
		try {
			check(context);
			return context;
		}
		catch (Throwable ex) {
			ReferenceCountUtil.release(context);
			throw ex;
		}
	}

	private SslContext createOpenSsl(ApplicationProtocolConfig protocols) throws SSLException {
		return SslContextBuilder.forServer(this.keys)
			.sslProvider(SslProvider.OPENSSL)
			.trustManager(this.trust)
			.clientAuth(this.clients.auth)
			.protocols(versionList())
			.ciphers(cipherList(), filter())
			.applicationProtocolConfig(protocols)
			.sessionCacheSize(SESSIONS)
			.sessionTimeout(SESSION_SECONDS)
			.build();
	}

	private SslContext createJdk(ApplicationProtocolConfig protocols) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance(this.protocol);
		KeyManager[] keys = this.keys.getKeyManagers();
		TrustManager[] trust = (this.trust != null) ? this.trust.getTrustManagers() : null;
		context.init(keys, trust, null);
		return new JdkSslContext(context, false, cipherList(), filter(), protocols, this.clients.auth,
				versionList().toArray(String[]::new), false);
	}

	// Of those that are ours some may not be there; who asks for one by name wants it.
	private CipherSuiteFilter filter() {
		return (this.ciphers != null) ? IdentityCipherSuiteFilter.INSTANCE : SupportedCipherSuiteFilter.INSTANCE;
	}

	private List<String> cipherList() {
		return (this.ciphers != null) ? this.ciphers : CIPHERS;
	}

	/**
	 * Whether a version of TLS may be spoken.
	 * @param version the version as the JDK calls it
	 * @return whether it is enabled
	 */
	boolean hasVersion(String version) {
		return versionList().contains(version);
	}

	private List<String> versionList() {
		if (this.versions != null) {
			return this.versions;
		}
		return this.protocol.equals(ANY_VERSION) ? VERSIONS : List.of(this.protocol);
	}

	// What is wrong would be seen by the first client otherwise.
	private static void check(SslContext context) throws KeyManagementException {
		try {
			ReferenceCountUtil.release(context.newEngine(ByteBufAllocator.DEFAULT));
		}
		catch (RuntimeException ex) {
			throw new KeyManagementException(ex.getMessage(), ex);
		}
	}

	/** Whether clients have to show a certificate. */
	public enum ClientCertificate {

		/** They are not asked. */
		NONE(ClientAuth.NONE),

		/** They are asked, and may have none. */
		WANT(ClientAuth.OPTIONAL),

		/** They are asked, and turned away without one. */
		NEED(ClientAuth.REQUIRE);

		private final ClientAuth auth;

		ClientCertificate(ClientAuth auth) {
			this.auth = auth;
		}

		ClientAuth auth() {
			return this.auth;
		}

	}

}
