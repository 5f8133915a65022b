package io.millrace.core.http1;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestTarget;
import io.millrace.core.observe.ConnectionSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what a connection is doing, from what somebody who does not own it has
 * seen of it.
 */
final class ConnectionReading {

	private ConnectionReading() {
	}

	/**
	 * Put it together.
	 * @param connection the connection
	 * @param counts what it has carried
	 * @param phase what it is doing
	 * @param since since when, by {@link System#nanoTime()}
	 * @param exchange what is under way, {@code null} where nothing is
	 * @return one reading
	 */
	static ConnectionSnapshot of(ConnectionInfo connection, ConnectionCounts counts, Phase phase, long since,
			@Nullable Exchange exchange) {
		RequestTarget target = (exchange != null) ? exchange.request().target() : null;
		return new ConnectionSnapshot(connection.id(), connection.remoteAddress(), ProtocolVersion.HTTP_1_1.text(),
				phase.id, Instant.ofEpochMilli(counts.openedAt()), counts.requests(), counts.received(), counts.sent(),
				(exchange != null) ? exchange.request().method() : null, (target != null) ? target.path() : null,
				Duration.ofNanos(Math.max(0, System.nanoTime() - since)));
	}

	/** What a connection is doing. */
	enum Phase {

		IDLE, READING, WAITING, HANDLING, UPGRADED, CLOSING;

		private final String id = name().toLowerCase(Locale.ROOT);

	}

}
