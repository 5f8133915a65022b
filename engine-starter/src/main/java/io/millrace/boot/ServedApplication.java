package io.millrace.boot;

import io.millrace.core.http.ExchangeHandler;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MillraceWebServer} serves, and what has to be told when it starts and
 * ends.
 */
public interface ServedApplication {

	/**
	 * Who answers requests.
	 * @return the handler
	 */
	ExchangeHandler handler();

	/**
	 * The context path, as the start-up log shows it.
	 * @return the path, {@code /} for the root, {@code null} where there is no such thing
	 */
	default @Nullable String contextPath() {
		return null;
	}

	/**
	 * The server is about to accept its first connection. Called once.
	 * @throws Exception stops start-up
	 */
	default void load() throws Exception {
	}

	/**
	 * The server is about to accept connections, or to end those that there are. Called
	 * at each start, before the engine drains and before it stops: whoever has left HTTP
	 * may say goodbye in the other protocol.
	 * @param accepting whether it starts, or else stops
	 */
	default void accepting(boolean accepting) {
	}

	/**
	 * The server will serve no more. Called once, after the last request.
	 */
	default void destroy() {
	}

}
