package io.millrace.core.connection;

import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeObservation;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.ExchangeObserver;
import org.jspecify.annotations.Nullable;

/**
 * Tells the observers of requests: that one has come, and how it has ended, each once.
 * Whether somebody wants to see them is settled at start; where nobody does, nothing is
 * measured. One for all connections of an engine; called by whoever owns the connection.
 */
public final class RequestReports {

	private final EngineObservers observers;

	private final Dispatcher dispatcher;

	private final boolean watched;

	/**
	 * Create the reports.
	 * @param observers who is told
	 * @param dispatcher takes the exchanges
	 */
	RequestReports(EngineObservers observers, Dispatcher dispatcher) {
		this.observers = observers;
		this.dispatcher = dispatcher;
		this.watched = this.observers.wantsExchanges();
	}

	/**
	 * A head has come, or something in the place of one.
	 * @param exchange its exchange, which nobody else has yet
	 * @return what is measured of it, {@code null} where nobody wants to see it
	 */
	public @Nullable ExchangeObservation started(Exchange exchange) {
		ExchangeObservation observation = observe(exchange);
		this.observers.exchangeStarted();
		return observation;
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
	public void refused(Exchange exchange, String reason) {
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			observation.refused(reason);
		}
	}

	/**
	 * An exchange has ended with its response.
	 * @param exchange the exchange
	 * @param sent its response
	 */
	public void completed(Exchange exchange, SentResponse sent) {
		int status = exchange.sentHead().status();
		this.observers.exchangeCompleted(status);
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			observation.ended(status, sent.contentSent(), sent.isConnectionKept());
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
	 * @param sent what was sent of its response
	 */
	public void aborted(Exchange exchange, SentResponse sent) {
		this.observers.exchangeAborted();
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			boolean begun = sent.isStarted();
			observation.ended(begun ? exchange.sentHead().status() : 0, begun ? sent.contentSent() : 0, false);
			tellEnd(observation, false);
		}
	}

	/**
	 * A request was refused without an exchange. It is given one if somebody wants to see
	 * it.
	 * @param stream the stream
	 * @param request the head
	 * @param answer what its client was told
	 * @param contentSize how many bytes of content that took
	 * @param keepAlive whether the connection is kept
	 */
	public void turnedAway(ExchangeStream stream, RequestHead request, RefusalAnswer answer, int contentSize,
			boolean keepAlive) {
		this.observers.exchangeStarted();
		this.observers.exchangeCompleted(answer.status());
		ExchangeObserver company = this.observers.observeExchange();
		if (this.watched || company != null) {
			Exchange seen = new Exchange(stream, request, this.dispatcher.services());
			this.dispatcher.services().errors().describe(seen.response(), answer);
			ExchangeObservation observation = seen.observe(company);
			observation.refused(answer.reason().id(), this.dispatcher.priority(request));
			observation.ended(answer.status(), contentSize, keepAlive);
			tellEnd(observation, true);
		}
	}

}
