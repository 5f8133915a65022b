package io.millrace.core.http1;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeObservation;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.ExchangeObserver;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Tells the observers of the requests of one connection: that one has come, and how it
 * has ended, each once. Whether somebody wants to see them is settled at start; where
 * nobody does, nothing is measured. Owned as the connection is.
 */
final class RequestReports {

	private final Http1Services services;

	private final EngineObservers observers;

	private final ResponseWriter writer;

	private final boolean watched;

	/**
	 * Create the reports of a connection.
	 * @param services what all connections share
	 * @param writer knows what was sent of a response
	 */
	RequestReports(Http1Services services, ResponseWriter writer) {
		this.services = services;
		this.observers = services.observer();
		this.writer = writer;
		this.watched = this.observers.wantsExchanges();
	}

	/**
	 * A head has come.
	 * @param exchange its exchange, which nobody else has yet
	 */
	void started(Exchange exchange) {
		observe(exchange);
		this.observers.exchangeStarted();
	}

	/**
	 * Something has come in the place of a head.
	 * @param unknown stands for it
	 * @param bytes what has come
	 */
	void started(Exchange unknown, ByteBuf bytes) {
		ExchangeObservation observation = observe(unknown);
		RequestLine line = (observation != null) ? RequestLine.find(bytes) : null;
		if (observation != null && line != null) {
			observation.resembles(line.method(), line.target());
		}
		this.observers.exchangeStarted();
	}

	private @Nullable ExchangeObservation observe(Exchange exchange) {
		ExchangeObserver company = this.observers.observeExchange();
		return (this.watched || company != null) ? exchange.observe(company) : null;
	}

	/**
	 * The engine answers for the application.
	 * @param exchange the exchange
	 * @param reason why: the kind of a protocol error, or the deadline that has passed
	 */
	void refused(Exchange exchange, String reason) {
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			observation.refused(reason);
		}
	}

	/**
	 * An exchange has ended with its response.
	 * @param exchange the exchange
	 */
	void completed(Exchange exchange) {
		int status = exchange.sentHead().status();
		this.observers.exchangeCompleted(status);
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			observation.ended(status, this.writer.contentSent(),
					this.writer.isKeepAlive() && !this.writer.isSwitched());
			tellEnd(observation, true);
		}
	}

	private void tellEnd(ExchangeObservation observation, boolean completed) {
		this.observers.exchangeEnded(observation, completed);
		observation.tellCompany(completed);
	}

	/**
	 * An exchange was cut.
	 * @param exchange the exchange
	 */
	void aborted(Exchange exchange) {
		this.observers.exchangeAborted();
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			boolean begun = this.writer.isStarted();
			observation.ended(begun ? exchange.sentHead().status() : 0, begun ? this.writer.contentSent() : 0, false);
			tellEnd(observation, false);
		}
	}

	/**
	 * A request was refused without an exchange. It is given one if somebody wants to see
	 * it.
	 * @param stream the stream
	 * @param request the head
	 * @param answer what its client was told
	 * @param keepAlive whether the connection is kept
	 */
	void turnedAway(Http1Stream stream, RequestHead request, RefusalAnswer answer, boolean keepAlive) {
		this.observers.exchangeStarted();
		this.observers.exchangeCompleted(answer.status());
		ExchangeObserver company = this.observers.observeExchange();
		if (this.watched || company != null) {
			Exchange seen = new Exchange(stream, request, this.services.dispatcher().services());
			this.services.dispatcher().services().errors().describe(seen.response(), answer);
			ExchangeObservation observation = seen.observe(company);
			observation.refused(answer.reason().id(), this.services.dispatcher().priority(request));
			observation.ended(answer.status(), this.services.refusalEncoder().contentSize(answer, request), keepAlive);
			tellEnd(observation, true);
		}
	}

}
