package io.millrace.core.connection;

import java.net.InetSocketAddress;

import io.netty.util.AttributeKey;

/**
 * Whom a connection serves, as a trusted proxy has told by the PROXY protocol.
 *
 * @param remoteAddress the client
 * @param localAddress the address of the proxy that the client has connected to
 * @param secure whether the client has done so by TLS
 */
public record ProxiedPeer(InetSocketAddress remoteAddress, InetSocketAddress localAddress, boolean secure) {

	/** Where a channel has it, before its connection is made. */
	public static final AttributeKey<ProxiedPeer> KEY = AttributeKey.valueOf(ProxiedPeer.class, "peer");

}
