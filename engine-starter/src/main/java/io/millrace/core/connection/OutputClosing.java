package io.millrace.core.connection;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * Closes our side of a connection, so that the client sees the end of what was sent while
 * it may still be sending itself: a close with unread bytes would be a reset, which may
 * overtake what is on its way to the client (RFC 9112 §9.6).
 */
public final class OutputClosing {

	private OutputClosing() {
	}

	/**
	 * Close our side only, when everything is sent. Called by the event loop.
	 * @param channel the socket
	 * @param encrypted whether what is written is encrypted on its way to the socket
	 * @return whether the socket can
	 */
	public static boolean close(Channel channel, boolean encrypted) {
		if (!(channel instanceof DuplexChannel duplex)) {
			return false;
		}
		SslHandler tls = encrypted ? channel.pipeline().get(SslHandler.class) : null;
		if (tls != null) {
			// RFC 8446 §6.1: the client sees that nothing was cut off. What it still
			// sends need not be decrypted.
			tls.closeOutbound().addListener((said) -> {
				if (channel.pipeline().context(tls) != null) {
					channel.pipeline().remove(tls);
				}
				duplex.shutdownOutput();
			});
		}
		else {
			duplex.shutdownOutput();
		}
		return true;
	}

}
