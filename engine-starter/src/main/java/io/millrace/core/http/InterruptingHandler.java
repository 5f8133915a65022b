package io.millrace.core.http;

import org.jspecify.annotations.Nullable;

/**
 * Interrupts the thread that handles an exchange when the exchange is cut: nobody is
 * there any more to profit from its work. Only that thread, and only while it is in the
 * handler of that exchange. Event loops are never interrupted.
 */
final class InterruptingHandler implements ExchangeHandler {

	private final ExchangeHandler application;

	/**
	 * Create the handler.
	 * @param application who answers
	 */
	InterruptingHandler(ExchangeHandler application) {
		this.application = application;
	}

	@Override
	public void handle(Exchange exchange) throws Exception {
		if (exchange.stream().executor().inEventLoop()) {
			this.application.handle(exchange);
			return;
		}
		Run run = new Run(Thread.currentThread());
		exchange.onEnd((outcome) -> {
			if (outcome == Exchange.Outcome.ABORTED) {
				run.interrupt();
			}
		});
		try {
			this.application.handle(exchange);
		}
		finally {
			run.end();
		}
	}

	@Override
	public boolean mayBlock() {
		return this.application.mayBlock();
	}

	/** A thread on its way through the handler of one exchange. */
	private static final class Run {

		// Guarded by this: null when the thread belongs to somebody else again.
		private @Nullable Thread thread;

		Run(Thread thread) {
			this.thread = thread;
		}

		// Under the monitor, so that it comes before the end or not at all.
		synchronized void interrupt() {
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}

		// An interrupt that came a moment before the end was not for what comes next.
		synchronized void end() {
			this.thread = null;
			Thread.interrupted();
		}

	}

}
