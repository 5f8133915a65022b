package io.millrace.core.http;

import java.util.concurrent.Executor;

import io.millrace.core.worker.Priority;
import io.millrace.core.worker.Work;

/**
 * An exchange that a worker is to handle.
 */
class ExchangeWork implements Work {

	private final Dispatcher dispatcher;

	private final Exchange exchange;

	private final ExchangeHandler handler;

	// By System.nanoTime(), 0 for never.
	private final long latestStart;

	ExchangeWork(Dispatcher dispatcher, Exchange exchange, ExchangeHandler handler, long latestStart) {
		this.dispatcher = dispatcher;
		this.exchange = exchange;
		this.handler = handler;
		this.latestStart = latestStart;
	}

	final Dispatcher dispatcher() {
		return this.dispatcher;
	}

	final Exchange exchange() {
		return this.exchange;
	}

	@Override
	public void run() {
		Exchange.Outcome outcome = this.exchange.outcome();
		if (outcome != null) {
			// Completed it is where it took too long, which was told already.
			if (outcome == Exchange.Outcome.ABORTED) {
				this.dispatcher.abandoned();
			}
		}
		else if (isLate()) {
			this.dispatcher.refuse(this.exchange, Refusal.WAITED);
		}
		else {
			this.dispatcher.run(this.exchange, this.handler);
		}
	}

	@Override
	public final Executor loop() {
		return this.exchange.stream().executor();
	}

	@Override
	public Priority priority() {
		return Priority.NORMAL;
	}

	@Override
	public final boolean isPointless() {
		return this.exchange.outcome() != null || isLate();
	}

	private boolean isLate() {
		return this.latestStart != 0 && System.nanoTime() - this.latestStart > 0;
	}

	@Override
	public void displaced() {
		this.dispatcher.refuse(this.exchange, Refusal.DISPLACED);
	}

}
