package io.millrace.core.http1;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.LoopMeter;
import org.jspecify.annotations.Nullable;

/**
 * In which state a connection is, and since when: by the clock of its event loop, which
 * has looked at it anyway. Owned as the connection is. Others may {@link #read} what it
 * is doing, and see what it did a moment ago, its parts perhaps at different moments.
 */
final class ConnectionPhase {

	private final LoopMeter meter;

	private final ConnectionCounts counts;

	private final HeadParser parser;

	private final IncomingBody body;

	private final Deadlines deadlines;

	private State state = State.READING_HEAD;

	// When that was entered, or a head has begun to come.
	private long since;

	/**
	 * A connection has been opened.
	 * @param meter the meter of its event loop
	 * @param counts what it has carried
	 * @param parser knows whether a head has begun to come
	 * @param body knows whether the protocol was switched
	 * @param deadlines knows since when nothing is under way
	 */
	ConnectionPhase(LoopMeter meter, ConnectionCounts counts, HeadParser parser, IncomingBody body,
			Deadlines deadlines) {
		this.meter = meter;
		this.counts = counts;
		this.parser = parser;
		this.body = body;
		this.deadlines = deadlines;
		this.since = meter.clock();
	}

	State state() {
		return this.state;
	}

	/**
	 * Go on to another state. Called by the event loop.
	 * @param entered the state
	 */
	void enter(State entered) {
		this.state = entered;
		this.since = this.meter.clock();
	}

	/**
	 * Nothing is under way. May be called by a worker, which has no look at the clock of
	 * the loop: since when is known by {@link Deadlines#idle()}.
	 */
	void idle() {
		this.state = State.READING_HEAD;
	}

	/** A head has begun to come. Called by the event loop. */
	void headBegins() {
		this.since = this.meter.clock();
	}

	/**
	 * What the connection is doing. Any thread may ask.
	 * @param connection the connection
	 * @param exchange what is under way, {@code null} where nothing is
	 * @param held whether that waits for its body and was not dispatched
	 * @return one reading
	 */
	ConnectionSnapshot read(ConnectionInfo connection, @Nullable Exchange exchange, boolean held) {
		Activity activity = activity(exchange, held);
		long since = this.since;
		if (activity == Activity.IDLE) {
			since = this.deadlines.idleSince();
		}
		else if (activity == Activity.HANDLING && exchange != null) {
			since += exchange.waitedNanos();
		}
		RequestHead head = (exchange != null) ? exchange.request() : null;
		String switched = (exchange != null && activity == Activity.UPGRADED) ? exchange.upgradedTo() : null;
		return new ConnectionSnapshot(connection.id(), connection.remoteAddress(),
				(switched != null) ? switched : ProtocolVersion.HTTP_1_1.text(), activity.id,
				Instant.ofEpochMilli(this.counts.openedAt()), this.counts.requests(), this.counts.received(),
				this.counts.sent(), (head != null) ? head.method() : null, (head != null) ? head.target().path() : null,
				Duration.ofNanos(Math.max(0, System.nanoTime() - since)));
	}

	private Activity activity(@Nullable Exchange exchange, boolean held) {
		return switch (this.state) {
			case READING_HEAD -> this.parser.isStarted() ? Activity.READING : Activity.IDLE;
			case DRAINING_BODY -> Activity.READING;
			case ENDED -> Activity.CLOSING;
			case EXCHANGE -> {
				if (this.body.isUpgraded()) {
					yield Activity.UPGRADED;
				}
				if (held) {
					yield Activity.READING;
				}
				yield (exchange != null && exchange.isHandled()) ? Activity.HANDLING : Activity.WAITING;
			}
		};
	}

	/** The states of {@link Http1Connection}. */
	enum State {

		READING_HEAD, EXCHANGE, DRAINING_BODY, ENDED

	}

	/** What is told of them. */
	private enum Activity {

		IDLE, READING, WAITING, HANDLING, UPGRADED, CLOSING;

		private final String id = name().toLowerCase(Locale.ROOT);

	}

}
