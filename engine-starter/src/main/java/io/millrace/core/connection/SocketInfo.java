package io.millrace.core.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of its connection. Addresses are kept: a socket that is closed
 * does not know its addresses any more. Texts are made when they are first asked for, and
 * kept for all requests of the connection; threads that ask at the same time may make
 * them twice.
 */
public final class SocketInfo implements ConnectionInfo {

	private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

	private final ChannelId id;

	private final InetSocketAddress remoteAddress;

	private final InetSocketAddress localAddress;

	// Set by the event loop before the first request.
	private volatile @Nullable SSLSession session;

	private @Nullable String remoteText;

	private @Nullable String localText;

	/**
	 * A connection was accepted.
	 * @param channel its socket
	 */
	public SocketInfo(Channel channel) {
		this.id = channel.id();
		this.remoteAddress = known(channel.remoteAddress());
		this.localAddress = known(channel.localAddress());
	}

	private static InetSocketAddress known(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress inet) ? inet : NOWHERE;
	}

	@Override
	public String id() {
		return this.id.asShortText();
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public String remoteText() {
		String known = this.remoteText;
		if (known == null) {
			known = ConnectionInfo.text(this.remoteAddress);
			this.remoteText = known;
		}
		return known;
	}

	@Override
	public String localText() {
		String known = this.localText;
		if (known == null) {
			known = ConnectionInfo.text(this.localAddress);
			this.localText = known;
		}
		return known;
	}

	@Override
	public @Nullable SSLSession sslSession() {
		return this.session;
	}

	/**
	 * The TLS handshake has ended well. Called by the event loop before the first
	 * request.
	 * @param session the session
	 */
	public void secured(SSLSession session) {
		this.session = session;
	}

}
