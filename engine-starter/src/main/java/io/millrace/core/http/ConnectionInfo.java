package io.millrace.core.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the connection that a request came on. All methods may be
 * called from any thread.
 */
public interface ConnectionInfo {

	/**
	 * An identifier that is unique in this process, for logs.
	 * @return a short printable text
	 */
	String id();

	/**
	 * The peer's address as the socket tells it, or a trusted proxy by the PROXY
	 * protocol; no forwarded header considered.
	 * @return the address
	 */
	InetSocketAddress remoteAddress();

	/**
	 * The address that the peer connected to.
	 * @return the address
	 */
	InetSocketAddress localAddress();

	/**
	 * The peer's IP address, as {@link #remoteAddress} has it.
	 * @return the text of the address
	 */
	default String remoteText() {
		return text(remoteAddress());
	}

	/**
	 * The IP address that the peer connected to, as {@link #localAddress} has it.
	 * @return the text of the address
	 */
	default String localText() {
		return text(localAddress());
	}

	/**
	 * The IP address of a socket address.
	 * @param address the address
	 * @return its text, the name where it was never resolved
	 */
	static String text(InetSocketAddress address) {
		InetAddress resolved = address.getAddress();
		return (resolved != null) ? resolved.getHostAddress() : address.getHostString();
	}

	/**
	 * The TLS session.
	 * @return the session, {@code null} on a plain connection
	 */
	@Nullable SSLSession sslSession();

	/**
	 * Whether what the client sends is encrypted: by TLS of this connection, or of that
	 * to a trusted proxy, which has told so by the PROXY protocol.
	 * @return whether it is
	 */
	default boolean isSecure() {
		return sslSession() != null;
	}

	/**
	 * Whether the peer has come by a Unix domain socket. It has no IP address then, and
	 * both {@link #remoteAddress} and {@link #localAddress} are 127.0.0.1 with port 0, as
	 * Tomcat has it.
	 * @return {@code false} also where a proxy has told by the PROXY protocol whom it
	 * serves
	 */
	default boolean isUnixDomain() {
		return false;
	}

	/**
	 * The certificates that the client has shown in the TLS handshake.
	 * @return its own first, then those that vouch for it; {@code null} where it has
	 * shown none
	 */
	default X509Certificate @Nullable [] clientCertificates() {
		SSLSession session = sslSession();
		if (session == null) {
			return null;
		}
		try {
			Certificate[] chain = session.getPeerCertificates();
			X509Certificate[] certificates = new X509Certificate[chain.length];
			for (int i = 0; i < chain.length; i++) {
				if (!(chain[i] instanceof X509Certificate certificate)) {
					return null;
				}
				certificates[i] = certificate;
			}
			return certificates;
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

}
