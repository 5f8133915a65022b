package io.millrace.servlet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.Exchange;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * A stream to the client that waits while the client takes nothing, or, with a
 * {@link WriteListener}, refuses to write then and calls the listener when the client
 * takes more. Written by one thread at a time.
 */
abstract class ListeningOutputStream extends ServletOutputStream {

	private final Exchange exchange;

	private final StreamEvents events;

	private volatile boolean writable;

	private @Nullable WriteListener listener;

	// Whether the listener is to be told anything any more.
	private boolean listening;

	// Whether the listener is to be called when the client takes more.
	private boolean promised;

	// Whether it was told that it can write, and has not: what is on its way already may
	// fill the connection meanwhile.
	private boolean granted;

	ListeningOutputStream(Exchange exchange, StreamEvents events) {
		this.exchange = exchange;
		this.events = events;
	}

	private boolean isNonBlocking() {
		return this.listening && this.events.isNonBlocking();
	}

	final void requireReady() {
		if (this.listening) {
			if (!isReady()) {
				throw new IllegalStateException("Nothing can be written now: isReady() has to be asked before");
			}
			this.granted = false;
		}
	}

	@Override
	public final boolean isReady() {
		if (this.granted || !isNonBlocking()) {
			return true;
		}
		if (this.promised) {
			return false;
		}
		this.granted = takesMore();
		if (!this.granted) {
			this.promised = true;
			this.exchange.responseBody().onWritable(this.events::writable);
		}
		return this.granted;
	}

	// An exchange that has ended takes what is written and forgets it.
	private boolean takesMore() {
		return this.exchange.responseBody().isWritable() || this.exchange.outcome() != null;
	}

	@Override
	public final void setWriteListener(WriteListener listener) {
		if (listener == null) {
			throw new NullPointerException("The write listener is null");
		}
		if (this.listener != null) {
			throw new IllegalStateException("There is a write listener already");
		}
		this.events.requireListenable("A write listener");
		this.listener = listener;
		this.listening = true;
		this.promised = true;
		keepPromise();
	}

	/**
	 * Another round has started: whoever wrote in between may have taken the place of the
	 * listener.
	 */
	final void keepPromise() {
		if (!this.listening || !this.promised) {
			return;
		}
		if (takesMore()) {
			this.events.writable();
		}
		else {
			this.exchange.responseBody().onWritable(this.events::writable);
		}
	}

	/**
	 * Tell the listener that it can write, if it waits for that. Called on a container
	 * thread.
	 * @throws IOException by the listener
	 */
	final void callListener() throws IOException {
		WriteListener told = this.listener;
		if (told == null || !this.listening || !this.promised) {
			return;
		}
		this.promised = false;
		this.granted = true;
		try {
			requireClient();
			told.onWritePossible();
		}
		catch (Throwable ex) {
			tellError(ex);
			throw ex;
		}
	}

	/**
	 * Tell the listener, once, that nothing can be written any more.
	 * @param cause why
	 */
	final void tellError(Throwable cause) {
		WriteListener told = this.listener;
		if (told != null && this.listening) {
			this.listening = false;
			told.onError(cause);
		}
	}

	/** The container writes from now on, and waits: the listener is told nothing more. */
	final void stopListening() {
		this.listening = false;
	}

	final void awaitWritable() throws IOException {
		if (!isNonBlocking() && !this.exchange.stream().executor().inEventLoop()) {
			while (!takesMore()) {
				park();
			}
		}
		requireClient();
	}

	private void requireClient() throws ClientAbortException {
		if (this.exchange.outcome() == Exchange.Outcome.ABORTED) {
			throw new ClientAbortException(null);
		}
	}

	private void park() throws InterruptedIOException {
		Thread thread = Thread.currentThread();
		this.writable = false;
		this.exchange.responseBody().onWritable(() -> {
			this.writable = true;
			LockSupport.unpark(thread);
		});
		while (!this.writable) {
			LockSupport.park(this);
			if (thread.isInterrupted()) {
				throw new InterruptedIOException("Interrupted while waiting for the client to take the response");
			}
		}
	}

}
