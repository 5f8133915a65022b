package io.millrace.servlet;

import java.util.concurrent.Executor;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;

/**
 * A handler of a switched protocol that speaks it on the exchange itself, without the
 * streams of a {@link WebConnection} in between. Whoever implements it is handed to
 * {@link jakarta.servlet.http.HttpServletRequest#upgrade} as any other, through all
 * wrappers of the request.
 */
public interface ExchangeUpgradeHandler extends HttpUpgradeHandler {

	/**
	 * The protocol is going to be switched: nothing was written yet. Called by the thread
	 * of the container that has answered the request.
	 * @param exchange the exchange
	 * @param following what the client sends from then on
	 * @param workers run what may block, in the context of the application
	 */
	void prepare(Exchange exchange, RequestBody following, Executor workers);

	/**
	 * The protocol was switched. Called by the same thread.
	 */
	void switched();

	@Override
	default void init(WebConnection connection) {
		throw new IllegalStateException("The protocol is spoken on the exchange");
	}

	@Override
	default void destroy() {
	}

}
