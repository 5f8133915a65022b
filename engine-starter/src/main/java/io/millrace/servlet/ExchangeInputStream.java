package io.millrace.servlet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestBody;
import io.netty.buffer.ByteBuf;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What comes from the client, the body of a request or what follows an upgrade, blocking
 * or with a {@link ReadListener} (Servlet 6.1 §3.8). Read by one thread at a time. The
 * monitor guards the buffer against threads that read after the end of the request;
 * nobody waits while holding it.
 */
final class ExchangeInputStream extends ServletInputStream {

	private final Exchange exchange;

	private final RequestBody body;

	private final StreamEvents events;

	// Guarded by this.
	private @Nullable ByteBuf current;

	// Guarded by this.
	private boolean ended;

	// Whether the engine was asked to tell, and has not yet; set to false by the loop.
	private volatile boolean demanded;

	private volatile @Nullable Thread waiting;

	private @Nullable ReadListener listener;

	// Whether the listener is to be told anything any more.
	private boolean listening;

	// Whether the listener is to be called when something comes.
	private boolean promised;

	ExchangeInputStream(Exchange exchange, RequestBody body, StreamEvents events) {
		this.exchange = exchange;
		this.body = body;
		this.events = events;
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
	public int read(ByteBuffer bytes) throws IOException {
		Objects.requireNonNull(bytes, "The buffer is null");
		if (!bytes.hasRemaining()) {
			requireReady();
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
			// What was read is between position and limit: it needs no flip.
			bytes.limit(bytes.position() + Math.min(bytes.remaining(), buffer.readableBytes()));
			int position = bytes.position();
			buffer.readBytes(bytes);
			bytes.position(position);
			return bytes.remaining();
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
			requireReady();
			await();
		}
		return true;
	}

	private boolean isNonBlocking() {
		return this.listening && this.events.isNonBlocking();
	}

	private void requireReady() {
		if (isNonBlocking() && !isReady() && !this.body.isEnded()) {
			throw new IllegalStateException("Nothing can be read now: isReady() has to be asked before");
		}
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
		else if (this.listening) {
			this.events.readable();
		}
	}

	@Override
	public boolean isFinished() {
		return readable() == 0 && this.body.isEnded();
	}

	// At the end there is nothing to read, as with Tomcat: onAllDataRead comes instead.
	@Override
	public boolean isReady() {
		if (!isNonBlocking()) {
			return true;
		}
		try {
			if (poll()) {
				return true;
			}
		}
		catch (IOException ex) {
			// To be thrown by the read that follows.
			return true;
		}
		this.promised = true;
		keepPromise();
		return false;
	}

	/**
	 * Another round has started: whoever read in between may have taken what the listener
	 * waits for.
	 */
	void keepPromise() {
		if (this.listening && this.promised) {
			if (readable() > 0 || this.body.isEnded()) {
				this.events.readable();
			}
			else {
				demand();
			}
		}
	}

	@Override
	public void setReadListener(ReadListener listener) {
		if (listener == null) {
			throw new NullPointerException("The read listener is null");
		}
		if (this.listener != null) {
			throw new IllegalStateException("There is a read listener already");
		}
		this.events.requireListenable("A read listener");
		this.listener = listener;
		this.listening = true;
		this.promised = true;
		keepPromise();
	}

	/**
	 * Tell the listener if all was read, by whomever. Called on a container thread.
	 * @throws IOException by the listener
	 */
	void tellAllRead() throws IOException {
		if (this.listening && isFinished()) {
			callListener();
		}
	}

	/**
	 * Tell the listener that there is something to read, if it waits for that, or that
	 * all was read. Called on a container thread.
	 * @throws IOException by the listener
	 */
	void callListener() throws IOException {
		ReadListener told = this.listener;
		if (told == null || !this.listening) {
			return;
		}
		try {
			if (this.promised && poll()) {
				this.promised = false;
				told.onDataAvailable();
			}
			if (this.listening && isFinished()) {
				this.listening = false;
				told.onAllDataRead();
			}
		}
		catch (Throwable ex) {
			this.listening = false;
			told.onError(ex);
			throw ex;
		}
	}

	/**
	 * Tell the listener, once, that there will be no more to read.
	 * @param cause why
	 */
	void tellError(Throwable cause) {
		ReadListener told = this.listener;
		if (told != null && this.listening) {
			this.listening = false;
			told.onError(cause);
		}
	}

	/** The container reads from now on, and waits: the listener is told nothing more. */
	void stopListening() {
		this.listening = false;
	}

	@Override
	public void close() {
		this.events.inputClosed();
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
