package io.millrace.core.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.millrace.core.observe.EngineObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where an exchange is handled: by the event loop, or by a worker, or by nobody
 * because all are busy.
 */
public final class Dispatcher {

	private static final Logger logger = LoggerFactory.getLogger(Dispatcher.class);

	private final Routes routes;

	private final ExchangeHandler application;

	private final boolean applicationMayBlock;

	private final HttpServices services;

	private final Lanes lanes;

	private final DispatchOptions options;

	private final long maxWaitNanos;

	private final long timeoutNanos;

	private final Map<Refusal, RefusalAnswer> answers = new EnumMap<>(Refusal.class);

	private final EngineObserver observer;

	/**
	 * Create a dispatcher.
	 * @param routes what the engine answers before the application
	 * @param application who answers everything else
	 * @param services what the engine supplies to all exchanges
	 * @param lanes which of the application's requests are run otherwise than the others
	 * @param options how long requests wait, and what the refused are told
	 * @param observer is told of refusals
	 */
	public Dispatcher(Routes routes, ExchangeHandler application, HttpServices services, Lanes lanes,
			DispatchOptions options, EngineObserver observer) {
		this.routes = routes;
		this.application = application;
		this.applicationMayBlock = application.mayBlock();
		this.services = services;
		this.lanes = lanes;
		this.options = options;
		this.maxWaitNanos = options.maxWait().toNanos();
		this.timeoutNanos = options.timeout().toNanos();
		this.observer = observer;
		for (Refusal reason : Refusal.values()) {
			this.answers.put(reason, new RefusalAnswer(reason, options.refusalStatus(), options.retryAfterSeconds()));
		}
	}

	/**
	 * What the engine supplies to all exchanges.
	 * @return the services
	 */
	public HttpServices services() {
		return this.services;
	}

	/**
	 * Whether the application's exchanges go to workers.
	 * @return whether it pays to {@linkplain ExchangeStream#lend lend} a connection
	 */
	public boolean mayLend() {
		return this.applicationMayBlock;
	}

	/**
	 * Have an exchange handled. Called on the event loop; handing over to a worker is the
	 * last thing that the loop does with it, so there is no race to settle.
	 * @param exchange the exchange
	 */
	public void dispatch(Exchange exchange) {
		if (exchange.request().target().form() == RequestTarget.Form.ASTERISK) {
			answerAsterisk(exchange);
			return;
		}
		ExchangeHandler route = this.routes.find(exchange.request());
		if (route != null) {
			dispatch(exchange, route, route.mayBlock());
			return;
		}
		Lane lane = this.lanes.find(exchange.request());
		if (lane != null) {
			dispatch(exchange, lane);
		}
		else {
			limit(exchange, this.timeoutNanos);
			dispatch(exchange, this.application, this.applicationMayBlock);
		}
	}

	private static void limit(Exchange exchange, long nanos) {
		if (nanos > 0) {
			exchange.stream().limit(exchange, nanos);
		}
	}

	/**
	 * A request has taken longer than it may. Called on the event loop.
	 * @param exchange the exchange
	 */
	public void expired(Exchange exchange) {
		if (exchange.takeOver()) {
			this.services.errors().timedOut(exchange, this.options.timeoutStatus(), this.options.retryAfterSeconds());
		}
		else if (!exchange.responseBody().isEnded()) {
			exchange.stream().reset(exchange);
		}
	}

	// RFC 9110 §9.3.7: OPTIONS * is about the server, of which no application knows.
	private static void answerAsterisk(Exchange exchange) {
		exchange.response().headers().set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
		exchange.responseBody().write(null, true);
	}

	private void dispatch(Exchange exchange, Lane lane) {
		limit(exchange, lane.timeoutNanos(this.timeoutNanos));
		if (!lane.submit(new LaneWork(this, exchange, this.application, latestStart(), lane))) {
			refuse(exchange, (lane.bulkhead() != null) ? Refusal.ROUTE : Refusal.FULL);
		}
	}

	private void dispatch(Exchange exchange, ExchangeHandler handler, boolean mayBlock) {
		if (!mayBlock) {
			run(exchange, handler);
			return;
		}
		exchange.stream().lend(exchange);
		if (!this.services.workers().tryExecute(new ExchangeWork(this, exchange, handler, latestStart()))) {
			refuse(exchange, Refusal.FULL);
		}
	}

	// Zero is never, and what is zero by accident waits a nanosecond longer.
	private long latestStart() {
		return (this.maxWaitNanos > 0) ? (System.nanoTime() + this.maxWaitNanos) | 1 : 0;
	}

	/**
	 * Answer for the application, which has not begun. Any thread may call.
	 * @param exchange the exchange
	 * @param reason why
	 */
	void refuse(Exchange exchange, Refusal reason) {
		refuse(exchange, answer(reason));
	}

	/**
	 * Answer for the application, which has not begun. Any thread may call.
	 * @param exchange the exchange
	 * @param answer why, and what the client is told
	 */
	void refuse(Exchange exchange, RefusalAnswer answer) {
		this.observer.refused(answer.reason().id());
		this.services.errors().refused(exchange, answer);
	}

	// What all are told whose reason says nothing else.
	private RefusalAnswer answer(Refusal reason) {
		return Objects.requireNonNull(this.answers.get(reason));
	}

	/** A request waited for a worker, and its client went away. */
	void abandoned() {
		this.observer.abandoned();
	}

	/**
	 * Have a handler answer. Called by the thread that it is to run on.
	 * @param exchange the exchange
	 * @param handler who answers
	 */
	void run(Exchange exchange, ExchangeHandler handler) {
		try {
			handler.handle(exchange);
		}
		catch (Throwable ex) {
			// Whatever it is: an exchange that does not end holds its connection for
			// ever.
			report(exchange, ex);
			exchange.fail(ex);
		}
	}

	// A refusal is an answer, and a client that goes away takes down whoever reads or
	// writes: neither is an error of the server.
	private static void report(Exchange exchange, Throwable cause) {
		String method = exchange.request().method();
		String path = exchange.request().target().path();
		if (cause instanceof ProtocolException || exchange.outcome() == Exchange.Outcome.ABORTED) {
			logger.debug("{} {} was given up", method, path, cause);
		}
		else {
			logger.error("{} {} failed", method, path, cause);
		}
	}

}
