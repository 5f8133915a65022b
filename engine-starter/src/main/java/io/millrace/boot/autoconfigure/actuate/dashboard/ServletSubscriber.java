package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;

/**
 * One whose response is written by way of the servlet API, without waiting: a thread of
 * the container is needed only when a client that was behind takes more.
 */
final class ServletSubscriber extends EventSubscriber implements WriteListener {

	private final EventBroadcaster broadcaster;

	private final AsyncContext async;

	private final ServletOutputStream output;

	// Both guarded by this. Unless it is writable nobody but the container may touch the
	// output.
	private boolean writable;

	private boolean flushed = true;

	/**
	 * Create a subscriber; nothing is written before {@link #listen()}.
	 * @param broadcaster who tells him
	 * @param async the asynchronous request, started
	 * @param response its response
	 * @throws IOException where there is no output
	 */
	ServletSubscriber(EventBroadcaster broadcaster, AsyncContext async, HttpServletResponse response)
			throws IOException {
		this.broadcaster = broadcaster;
		this.async = async;
		this.output = response.getOutputStream();
	}

	/** Write what waits as soon as the container lets. */
	void listen() {
		this.output.setWriteListener(this);
	}

	@Override
	public synchronized void onWritePossible() {
		this.writable = true;
		proceed();
	}

	@Override
	public void onError(Throwable ex) {
		end();
	}

	@Override
	boolean isReady() throws IOException {
		this.writable = this.writable && this.output.isReady();
		if (this.writable && !this.flushed) {
			this.output.flush();
			this.flushed = true;
			this.writable = this.output.isReady();
		}
		return this.writable;
	}

	@Override
	void send(byte[] event) throws IOException {
		this.flushed = false;
		this.output.write(event);
	}

	@Override
	void close() {
		this.broadcaster.remove(this);
		try {
			this.async.complete();
		}
		catch (IllegalStateException ex) {
			// The container has completed it already: the client has gone.
		}
	}

}
