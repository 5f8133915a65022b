package io.millrace.servlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

import io.millrace.core.http.Exchange;
import io.netty.buffer.ByteBuf;

/**
 * What is sent to the client after the protocol was switched. Every write is on its way
 * when it returns: nothing waits here for a flush. The monitor orders writes and the end.
 */
final class UpgradedOutputStream extends ListeningOutputStream {

	private static final int LARGEST_PART = 64 * 1024;

	private final Exchange exchange;

	private final UpgradeCycle cycle;

	// Guarded by this.
	private boolean closed;

	UpgradedOutputStream(Exchange exchange, UpgradeCycle cycle) {
		super(exchange, cycle);
		this.exchange = exchange;
		this.cycle = cycle;
	}

	@Override
	public void write(int octet) throws IOException {
		write(new byte[] { (byte) octet }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		write(ByteBuffer.wrap(bytes, offset, length));
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		Objects.requireNonNull(bytes, "The buffer is null");
		requireReady();
		while (bytes.hasRemaining()) {
			send(bytes);
			awaitWritable();
		}
	}

	private synchronized void send(ByteBuffer bytes) throws IOException {
		requireOpen();
		int size = Math.min(bytes.remaining(), LARGEST_PART);
		ByteBuf part = this.exchange.allocator().buffer(size);
		part.writeBytes(bytes.slice(bytes.position(), size));
		bytes.position(bytes.position() + size);
		this.exchange.responseBody().write(part, false);
	}

	private void requireOpen() throws IOException {
		if (this.closed) {
			throw new IOException("The upgraded connection is closed");
		}
	}

	@Override
	public void flush() throws IOException {
		requireReady();
		synchronized (this) {
			requireOpen();
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.cycle.outputClosed();
	}

	/** Close the connection when everything is sent. */
	synchronized void end() {
		this.closed = true;
		if (!this.exchange.responseBody().isEnded()) {
			this.exchange.responseBody().write(null, true);
		}
	}

}
