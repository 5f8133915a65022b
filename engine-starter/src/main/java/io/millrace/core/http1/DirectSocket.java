package io.millrace.core.http1;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is written to without its event loop, by who owns the connection. Only
 * where the kernel does not mind, and where we are told before Netty closes the socket:
 * epoll (see {@link Http1Handler#socketCloses()}).
 *
 * @param socket the socket
 */
record DirectSocket(Socket socket) {

	/**
	 * The socket of a channel.
	 * @param channel the channel
	 * @return its socket, {@code null} where only the event loop can write to it
	 */
	static @Nullable DirectSocket of(Channel channel) {
		return (channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket socket)
				? new DirectSocket(socket) : null;
	}

	/**
	 * Send what the kernel takes now.
	 * @param bytes the bytes, not released here; read as far as they were sent
	 * @return whether they were sent, all of them; a failure will happen again to the
	 * event loop, which knows what to do about it
	 */
	boolean send(ByteBuf bytes) {
		try {
			bytes.skipBytes(trySend(bytes));
			return !bytes.isReadable();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private int trySend(ByteBuf bytes) throws IOException {
		int start = bytes.readerIndex();
		if (bytes.hasMemoryAddress()) {
			return this.socket.sendAddress(bytes.memoryAddress(), start, bytes.writerIndex());
		}
		ByteBuffer nio = bytes.internalNioBuffer(start, bytes.readableBytes());
		return this.socket.send(nio, nio.position(), nio.limit());
	}

}
