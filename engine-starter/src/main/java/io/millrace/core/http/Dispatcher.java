package io.millrace.core.http;

import java.time.Duration;

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

	private final long retryAfterSeconds;

	private final EngineObserver observer;

	/**
	 * Create a dispatcher.
	 * @param routes what the engine answers before the application
	 * @param application who answers everything else
	 * @param services what the engine supplies to all exchanges
	 * @param retryAfter after which time a refused client should come back
	 * @param observer is told of refusals
	 */
	public Dispatcher(Routes routes, ExchangeHandler application, HttpServices services, Duration retryAfter,
			EngineObserver observer) {
		this.routes = routes;
		this.application = application;
		this.applicationMayBlock = application.mayBlock();
		this.services = services;
		this.retryAfterSeconds = Math.max(1, retryAfter.toSeconds());
		this.observer = observer;
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
		}
		else {
			dispatch(exchange, this.application, this.applicationMayBlock);
		}
	}

	// RFC 9110 §9.3.7: OPTIONS * is about the server, of which no application knows.
	private static void answerAsterisk(Exchange exchange) {
		exchange.response().headers().set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
		exchange.responseBody().write(null, true);
	}

	private void dispatch(Exchange exchange, ExchangeHandler handler, boolean mayBlock) {
		if (!mayBlock) {
			run(exchange, handler);
			return;
		}
		exchange.stream().lend(exchange);
		if (!this.services.workers().tryExecute(() -> run(exchange, handler))) {
			this.observer.overloaded();
			this.services.errors().unavailable(exchange, this.retryAfterSeconds);
		}
	}

	private void run(Exchange exchange, ExchangeHandler handler) {
		if (exchange.outcome() != null) {
			// The client went away while the request waited for a worker.
			return;
		}
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
