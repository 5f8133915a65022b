package io.millrace.core.observe;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens in the engine. Does nothing by default. Called by event loops, and
 * by workers that have written a response themselves, where nothing else is said: must
 * never block nor throw.
 */
public interface EngineObserver {

	/** An observer that looks away. */
	EngineObserver NONE = new EngineObserver() {
	};

	/** A connection was accepted. */
	default void connectionOpened() {
	}

	/**
	 * An attempt to accept a connection has failed; the connection waits in the backlog
	 * and is tried again.
	 * @param reason in lower case why: descriptors (the process or the system has as many
	 * files and sockets open as it may), other
	 */
	default void acceptFailed(String reason) {
	}

	/**
	 * A connection was accepted and closed at once, without being served.
	 * @param reason in lower case why: per_ip (its client has as many open as one may),
	 * untrusted_proxy (it does not come from a proxy whose PROXY protocol is trusted),
	 * proxy_header (it does not begin with a good header of that)
	 */
	default void connectionRefused(String reason) {
	}

	/**
	 * A TLS handshake has ended.
	 * @param completed {@code false} where client and server did not agree, the client
	 * went away or took too long
	 */
	default void handshakeEnded(boolean completed) {
	}

	/** A connection was closed, by whichever side. */
	default void connectionClosed() {
	}

	/**
	 * A connection was accepted, for those who go along with it. Called by its event loop
	 * after {@link #connectionOpened()}, for each connection.
	 * @return is given the last reading of the connection when it is closed, {@code null}
	 * where nobody wants it
	 */
	default @Nullable Consumer<ConnectionSnapshot> observeConnection() {
		return null;
	}

	/**
	 * A request has come: its head was read, or what stands in its place is none and is
	 * going to be refused.
	 */
	default void exchangeStarted() {
	}

	/**
	 * An exchange has ended.
	 * @param completed whether the response was handed to the socket, whole
	 */
	default void exchangeEnded(boolean completed) {
	}

	/**
	 * Whether {@link #exchangeEnded(ObservedExchange, boolean)} is of interest. Asked
	 * once, when the engine starts: where nobody wants it, nothing is measured.
	 * @return whether it is called
	 */
	default boolean wantsExchanges() {
		return false;
	}

	/**
	 * An exchange has ended, for those who want to see it; also what was refused, and
	 * what was no request. Called after {@link #exchangeEnded(boolean)}.
	 * @param exchange what it was, to be read within this call only
	 * @param completed whether the response was handed to the socket, whole
	 */
	default void exchangeEnded(ObservedExchange exchange, boolean completed) {
	}

	/**
	 * Something was read that is or should have been a request, for those who go along
	 * with it. Called for each by its event loop, whether or not anybody
	 * {@linkplain #wantsExchanges() wants all exchanges}: what is measured of exchanges
	 * is measured where this returns somebody, too.
	 * @return goes along with this one, {@code null} where nobody does
	 */
	default @Nullable ExchangeObserver observeExchange() {
		return null;
	}

	/**
	 * A client went away in the middle of an exchange. That is its right, and not an
	 * error.
	 */
	default void clientAborted() {
	}

	/**
	 * The engine refused a request that is not right.
	 * @param kind in lower case what was wrong, one of a few: syntax, framing, limit,
	 * unsupported, timeout, flood (frames of HTTP/2 that ask for nothing)
	 */
	default void protocolError(String kind) {
	}

	/**
	 * A request was refused that is right in itself. Called by any thread.
	 * @param reason in lower case why, one of a few: limit (of requests in flight), full
	 * (workers and queue), waited (too long for a worker), displaced (by a more urgent
	 * one), route (its bulkhead is full), rate (more have come in some time than are
	 * allowed)
	 */
	default void refused(String reason) {
	}

	/**
	 * It could not be found out whether more requests have come than are allowed, so one
	 * was let through.
	 */
	default void rateUnknown() {
	}

	/**
	 * A request was not handled because its client went away while it waited for a
	 * worker. Called by any thread.
	 */
	default void abandoned() {
	}

	/**
	 * A deadline passed: the request was answered for, or the connection closed.
	 * @param kind which one: header, body, request, write, idle, half_closed, upgraded
	 * (silent after the protocol was switched)
	 */
	default void timedOut(String kind) {
	}

	/**
	 * Something is stuck, which is told once each time. Called by threads that do nothing
	 * else.
	 * @param kind which one of {@link StuckKind}
	 */
	default void stuck(String kind) {
	}

	/**
	 * What was {@linkplain #stuck stuck} goes on. Called once for each time that it was
	 * told, by threads that do nothing else, and not for what ends by itself.
	 * @param kind which one: event_loop, pool, scheduler
	 */
	default void recovered(String kind) {
	}

	/**
	 * An event loop is stuck, and once more when it goes on; only once where a loop that
	 * carries virtual threads goes on at once, and leaves the one behind that has held
	 * it. Who does not want to know which loop it is is told {@link #stuck} and
	 * {@link #recovered} instead, which is what this does. Called by threads that do
	 * nothing else.
	 * @param stall which one, and for how long
	 */
	default void loopStalled(LoopStall stall) {
		if (stall.stack() != null) {
			stuck(StuckKind.EVENT_LOOP.id());
		}
		if (stall.over()) {
			recovered(StuckKind.EVENT_LOOP.id());
		}
	}

}
