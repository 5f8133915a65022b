package io.millrace.core.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of its connection. Addresses are kept: a socket that is closed
 * does not know its addresses any more. Texts are made when they are first asked for, and
 * kept for all requests of the connection; threads that ask at the same time may make
 * them twice.
 */
public final class SocketInfo implements ConnectionInfo {

	private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

	// Of a Unix domain socket: as Tomcat has it.
	private static final InetSocketAddress HERE = new InetSocketAddress(
			NetUtil.createInetAddressFromIpAddressString("127.0.0.1"), 0);

	private final ChannelId id;

	private final InetSocketAddress remoteAddress;

	private final InetSocketAddress localAddress;

	private final boolean unixDomain;

	// Encrypted as far as a proxy.
	private final boolean proxiedSecurely;

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
		ProxiedPeer peer = channel.hasAttr(ProxiedPeer.KEY) ? channel.attr(ProxiedPeer.KEY).get() : null;
		this.proxiedSecurely = peer != null && peer.secure();
		if (peer != null) {
			this.unixDomain = false;
			this.remoteAddress = peer.remoteAddress();
			this.localAddress = peer.localAddress();
			return;
		}
		SocketAddress local = channel.localAddress();
		this.unixDomain = local instanceof DomainSocketAddress || local instanceof UnixDomainSocketAddress;
		this.remoteAddress = this.unixDomain ? HERE : known(channel.remoteAddress());
		this.localAddress = this.unixDomain ? HERE : known(local);
	}

	/**
	 * A connection that is no socket of its own.
	 * @param id its identifier
	 * @param remoteAddress the address of the client
	 * @param localAddress the address that the client sends to
	 */
	public SocketInfo(ChannelId id, @Nullable SocketAddress remoteAddress, @Nullable SocketAddress localAddress) {
		this.id = id;
		this.remoteAddress = known(remoteAddress);
		this.localAddress = known(localAddress);
		this.unixDomain = false;
		this.proxiedSecurely = false;
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
	public boolean isSecure() {
		return this.proxiedSecurely || this.session != null;
	}

	@Override
	public boolean isUnixDomain() {
		return this.unixDomain;
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
