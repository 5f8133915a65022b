package io.millrace.core.http;

import java.net.InetSocketAddress;

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
	 * The peer's address as the socket tells it, no forwarded header considered.
	 * @return the address
	 */
	InetSocketAddress remoteAddress();

	/**
	 * The address that the peer connected to.
	 * @return the address
	 */
	InetSocketAddress localAddress();

	/**
	 * The TLS session.
	 * @return the session, {@code null} on a plain connection
	 */
	@Nullable SSLSession sslSession();

}
