package io.millrace.servlet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestBody;
import io.netty.buffer.ByteBuf;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, blocking or with a {@link ReadListener} (Servlet 6.1 §3.8). Read
 * by one thread at a time. The monitor guards the buffer against threads that read after
 * the end of the request; nobody waits while holding it.
 */
final class ExchangeInputStream extends ServletInputStream {

	private final Exchange exchange;

	private final RequestBody body;

	private final ServletCycle cycle;

	// Guarded by this.
	private @Nullable ByteBuf current;

	// Guarded by this.
	private boolean ended;

	// Whether the engine was asked to tell, and has not yet; set to false by the loop.
	private volatile boolean demanded;

	private volatile @Nullable Thread waiting;

	private @Nullable ReadListener listener;

	private boolean allDataTold;

	private boolean errorTold;

	ExchangeInputStream(Exchange exchange, ServletCycle cycle) {
		this.exchange = exchange;
		this.body = exchange.requestBody();
		this.cycle = cycle;
	}

	@Override
	public int read() throws IOException {
		if (!fill()) {
			return -1;
		}
		synchronized (this) {
			ByteBuf buffer = this.current;
			return (buffer != null) ? buffer.readByte() & 0xff : -1;
		}
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		if (!fill()) {
			return -1;
		}
		synchronized (this) {
			ByteBuf buffer = this.current;
			if (buffer == null) {
				return -1;
			}
			int count = Math.min(length, buffer.readableBytes());
			buffer.readBytes(bytes, offset, count);
			return count;
		}
	}

	@Override
	public int available() throws IOException {
		return poll() ? readable() : 0;
	}

	private synchronized int readable() {
		return (this.current != null) ? this.current.readableBytes() : 0;
	}

	// Wait for bytes; false at the end of the body.
	private boolean fill() throws IOException {
		while (!poll()) {
			if (this.body.isEnded()) {
				return false;
			}
			if (this.listener != null) {
				throw new IllegalStateException("Nothing can be read now: isReady() has to be asked before");
			}
			await();
		}
		return true;
	}

	// Whether there are bytes, without waiting.
	private synchronized boolean poll() throws IOException {
		if (this.ended) {
			throw new IOException("The request has ended");
		}
		ByteBuf buffer = this.current;
		while (buffer == null || !buffer.isReadable()) {
			if (buffer != null) {
				buffer.release();
				this.current = null;
			}
			buffer = take();
			if (buffer == null) {
				return false;
			}
			this.current = buffer;
		}
		return true;
	}

	private @Nullable ByteBuf take() throws IOException {
		try {
			return this.body.read();
		}
		catch (ProtocolException ex) {
			// The engine answers this one: too much of a body, or too slow.
			throw ex;
		}
		catch (IOException ex) {
			throw new ClientAbortException(ex);
		}
	}

	private void await() throws IOException {
		if (this.exchange.stream().executor().inEventLoop()) {
			// The bytes can come only when this thread returns.
			throw new IOException("The body of a request cannot be waited for on an event loop");
		}
		this.waiting = Thread.currentThread();
		try {
			demand();
			while (this.demanded) {
				LockSupport.park(this);
				if (Thread.currentThread().isInterrupted()) {
					throw new InterruptedIOException("Interrupted while waiting for the body of the request");
				}
			}
		}
		finally {
			this.waiting = null;
		}
	}

	private void demand() {
		if (!this.demanded) {
			this.demanded = true;
			this.body.demand(this::tellAvailable);
		}
	}

	// Called by the event loop, or by demand at once.
	private void tellAvailable() {
		this.demanded = false;
		Thread thread = this.waiting;
		if (thread != null) {
			LockSupport.unpark(thread);
		}
		else if (this.listener != null) {
			this.cycle.readable();
		}
	}

	@Override
	public boolean isFinished() {
		return readable() == 0 && this.body.isEnded();
	}

	@Override
	public boolean isReady() {
		try {
			if (poll() || this.body.isEnded()) {
				return true;
			}
		}
		catch (IOException ex) {
			// To be thrown by the read that follows.
			return true;
		}
		if (this.listener != null) {
			demand();
		}
		return false;
	}

	@Override
	public void setReadListener(ReadListener listener) {
		if (listener == null) {
			throw new NullPointerException("The read listener is null");
		}
		if (this.listener != null) {
			throw new IllegalStateException("There is a read listener already");
		}
		this.cycle.requireAsync("A read listener");
		this.listener = listener;
		this.demanded = true;
		this.body.demand(this::tellAvailable);
	}

	/**
	 * Tell the listener that there is something to read, or that the body has ended.
	 * Called by the cycle on a container thread.
	 * @throws IOException by the listener
	 */
	void callListener() throws IOException {
		ReadListener listener = this.listener;
		if (listener == null || this.allDataTold || this.errorTold) {
			return;
		}
		try {
			if (poll()) {
				listener.onDataAvailable();
			}
			if (isFinished()) {
				this.allDataTold = true;
				listener.onAllDataRead();
			}
		}
		catch (IOException | RuntimeException ex) {
			tellError(ex);
			throw ex;
		}
	}

	/**
	 * Tell the listener, once, that there will be no more to read.
	 * @param cause why
	 */
	void tellError(Throwable cause) {
		if (this.listener != null && !this.allDataTold && !this.errorTold) {
			this.errorTold = true;
			this.listener.onError(cause);
		}
	}

	/** The request has ended: release what was not read, refuse further reads. */
	synchronized void end() {
		this.ended = true;
		if (this.current != null) {
			this.current.release();
			this.current = null;
		}
	}

}
