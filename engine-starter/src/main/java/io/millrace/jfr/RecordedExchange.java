package io.millrace.jfr;

import io.millrace.core.observe.ExchangeObserver;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * One request while somebody records. Its events begin with its head: an event of the
 * flight recorder cannot be given a time that has passed.
 */
final class RecordedExchange implements ExchangeObserver {

	private final @Nullable RequestEvent request;

	// Guarded by this: a request may end while its handler starts.
	private @Nullable QueueWaitEvent wait;

	/**
	 * Begin now.
	 * @param requestWanted whether the request is recorded
	 * @param waitWanted whether its wait is recorded
	 */
	RecordedExchange(boolean requestWanted, boolean waitWanted) {
		this.request = requestWanted ? new RequestEvent() : null;
		this.wait = waitWanted ? new QueueWaitEvent() : null;
		if (this.request != null) {
			this.request.begin();
		}
		if (this.wait != null) {
			this.wait.begin();
		}
	}

	@Override
	public void handlerStarts(ObservedExchange exchange) {
		endWait(exchange, true);
	}

	@Override
	public void ended(ObservedExchange exchange, boolean completed) {
		endWait(exchange, false);
		if (this.request != null) {
			end(this.request, exchange, completed);
		}
		String refusal = exchange.refusal();
		if (refusal != null && RefusalEvent.isWanted()) {
			refused(exchange, refusal);
		}
	}

	private static void end(RequestEvent event, ObservedExchange exchange, boolean completed) {
		event.end();
		long wait = exchange.waitNanos();
		long service = exchange.serviceNanos();
		if (!SelectSetting.isSelected(wait + service)) {
			return;
		}
		event.connection = exchange.connectionId();
		event.method = exchange.method();
		event.path = path(exchange);
		event.status = exchange.status();
		event.completed = completed;
		event.refusal = exchange.refusal();
		event.queueWait = wait;
		event.serviceTime = service;
		event.mode = exchange.mode();
		event.priority = exchange.priority();
		event.requestBytes = exchange.requestBytes();
		event.responseBytes = exchange.responseBytes();
		event.commit();
	}

	private static void refused(ObservedExchange exchange, String reason) {
		long skipped = RateSetting.take();
		if (skipped < 0) {
			return;
		}
		RefusalEvent event = new RefusalEvent();
		event.connection = exchange.connectionId();
		event.reason = reason;
		event.method = exchange.method();
		event.path = path(exchange);
		event.status = exchange.status();
		event.waited = exchange.waitNanos();
		event.skipped = skipped;
		event.commit();
	}

	private void endWait(ObservedExchange exchange, boolean handled) {
		QueueWaitEvent event = takeWait();
		if (event == null) {
			return;
		}
		event.end();
		if (event.shouldCommit()) {
			event.connection = exchange.connectionId();
			event.method = exchange.method();
			event.path = path(exchange);
			event.mode = exchange.mode();
			event.priority = exchange.priority();
			event.handled = handled;
			event.commit();
		}
	}

	private synchronized @Nullable QueueWaitEvent takeWait() {
		QueueWaitEvent event = this.wait;
		this.wait = null;
		return event;
	}

	// Without the query, which may tell secrets.
	private static @Nullable String path(ObservedExchange exchange) {
		String target = exchange.target();
		int query = (target != null) ? target.indexOf('?') : -1;
		return (target != null && query >= 0) ? target.substring(0, query) : target;
	}

}
