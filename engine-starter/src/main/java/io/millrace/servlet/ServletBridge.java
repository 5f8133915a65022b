package io.millrace.servlet;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;

/**
 * Answers exchanges with a servlet application.
 */
public final class ServletBridge implements ExchangeHandler {

	private final ServletApplication application;

	/**
	 * Create a bridge.
	 * @param application who answers, started before the first request comes
	 */
	public ServletBridge(ServletApplication application) {
		this.application = application;
	}

	@Override
	public boolean mayBlock() {
		return true;
	}

	@Override
	public void handle(Exchange exchange) throws Exception {
		throw new UnsupportedOperationException("SHELL " + this.application);
	}

}
