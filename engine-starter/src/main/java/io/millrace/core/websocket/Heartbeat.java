package io.millrace.core.websocket;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Sees that a connection lives: pings the client, and closes what is silent. There is one
 * only where something of it is on. Owned by the event loop, but for what is said to be
 * called by others.
 */
final class Heartbeat implements Runnable {

	private final WebSocketConnection connection;

	private final EventExecutor loop;

	private final long idleNanos;

	private final long pingNanos;

	private volatile long received = System.nanoTime();

	private volatile long sent = this.received;

	private volatile boolean stopped;

	// When a ping was sent that nothing has followed yet, and when the next is due.
	private long pinged;

	private long pingDue;

	private volatile @Nullable Future<?> next;

	private Heartbeat(WebSocketConnection connection, EventExecutor loop, WebSocketOptions options) {
		this.connection = connection;
		this.loop = loop;
		this.idleNanos = nanos(options.timeouts().idle());
		this.pingNanos = nanos(options.timeouts().pingInterval());
		this.pinged = this.received - 1;
		this.pingDue = this.received + this.pingNanos;
	}

	private static long nanos(Duration duration) {
		return duration.isZero() ? Long.MAX_VALUE / 4 : duration.toNanos();
	}

	/**
	 * The heartbeat of a connection.
	 * @param connection the connection
	 * @param loop its event loop
	 * @param options what is on
	 * @return the heartbeat, {@code null} where there is nothing to do
	 */
	static @Nullable Heartbeat of(WebSocketConnection connection, EventExecutor loop, WebSocketOptions options) {
		boolean on = !options.timeouts().idle().isZero() || !options.timeouts().pingInterval().isZero();
		return on ? new Heartbeat(connection, loop, options) : null;
	}

	/** Begin. Any thread may call. */
	void start() {
		schedule(Math.min(this.idleNanos, this.pingNanos));
	}

	/** Something has come. Called by whoever reads. */
	void received() {
		this.received = System.nanoTime();
	}

	/** The application has sent something. Any thread may call. */
	void sent() {
		this.sent = System.nanoTime();
	}

	/** End. Any thread may call. */
	void stop() {
		this.stopped = true;
		Future<?> scheduled = this.next;
		if (scheduled != null) {
			scheduled.cancel(false);
		}
	}

	private void schedule(long nanos) {
		if (!this.stopped && !this.loop.isShuttingDown()) {
			this.next = this.loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
			if (this.stopped) {
				stop();
			}
		}
	}

	@Override
	public void run() {
		long now = System.nanoTime();
		if (this.connection.isDeaf()) {
			this.received = now;
		}
		long heard = this.received;
		long active = Math.max(heard - now, this.sent - now) + now;
		long idleLeft = this.idleNanos - (now - active);
		if (idleLeft <= 0) {
			this.connection.silent();
			return;
		}
		if (now - this.pingDue >= 0) {
			if (heard - this.pinged < 0) {
				this.connection.gone();
				return;
			}
			this.pinged = now;
			this.pingDue = now + this.pingNanos;
			this.connection.keepAlive();
		}
		schedule(Math.max(1, Math.min(idleLeft, this.pingDue - now)));
	}

}
