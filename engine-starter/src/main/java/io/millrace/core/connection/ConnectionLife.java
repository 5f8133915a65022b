package io.millrace.core.connection;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.LoopMeter;
import org.jspecify.annotations.Nullable;

/**
 * Tells the observers of one connection that it was opened, that its handshake has ended
 * and that it was closed, each once: also where it begins with one protocol and goes on
 * with another. For its event loop only.
 */
public final class ConnectionLife {

	private final EngineObservers observer;

	private final LoopMeter meter;

	// A handshake that fails may be told twice.
	private boolean shaken;

	// Who goes along with the connection.
	private @Nullable Consumer<ConnectionSnapshot> company;

	/**
	 * A connection is registered with its event loop.
	 * @param services what all connections share
	 * @param meter the meter of the loop
	 */
	public ConnectionLife(ConnectionServices services, LoopMeter meter) {
		this.observer = services.observer();
		this.meter = meter;
	}

	/** The connection is there. */
	public void opened() {
		this.meter.connectionOpened();
		this.observer.connectionOpened();
		this.company = this.observer.observeConnection();
	}

	/**
	 * The TLS handshake has ended.
	 * @param completed whether it has ended well
	 */
	public void handshakeEnded(boolean completed) {
		if (!this.shaken) {
			this.shaken = true;
			this.observer.handshakeEnded(completed);
		}
	}

	/**
	 * The connection is closed.
	 * @param last its last reading
	 */
	public void closed(Supplier<ConnectionSnapshot> last) {
		this.meter.connectionClosed();
		this.observer.connectionClosed();
		if (this.company != null) {
			this.company.accept(last.get());
		}
	}

}
