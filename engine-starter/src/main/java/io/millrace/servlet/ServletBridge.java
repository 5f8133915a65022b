package io.millrace.servlet;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestTarget;
import io.netty.buffer.ByteBufUtil;

/**
 * Answers exchanges with a servlet application: on worker threads, as servlets may block.
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
	public void handle(Exchange exchange) throws ProtocolException {
		ServletRuntime runtime = this.application.runtime();
		RequestTarget target = exchange.request().target();
		String context = runtime.contextPath();
		String path = target.path();
		String sessionId = null;
		if (!CanonicalPath.isCanonical(path)) {
			CanonicalPath canonical = CanonicalPath.of(path, runtime.sessionSettings().pathParameterName());
			path = canonical.path();
			sessionId = canonical.sessionId();
		}
		if (!context.isEmpty()) {
			if (path.equals(context)) {
				redirectToRoot(exchange, target);
				return;
			}
			if (!path.startsWith(context) || path.charAt(context.length()) != '/') {
				notFound(exchange);
				return;
			}
			if (target.path().startsWith("//")) {
				// A redirect to getContextPath(), with which getRequestURI() begins,
				// would
				// lead to another host.
				throw ProtocolException.badRequest("The path has an empty segment before the context path");
			}
			path = path.substring(context.length());
		}
		new ServletCycle(runtime, exchange, path, sessionId).run();
	}

	// Without it, relative links of the application would lead out of it.
	private static void redirectToRoot(Exchange exchange, RequestTarget target) {
		String query = (target.query() != null) ? "?" + target.query() : "";
		String location = exchange.origin().scheme() + "://" + exchange.origin().authority() + target.path() + "/"
				+ query;
		exchange.response().status(302);
		exchange.response().headers().set(HeaderNames.LOCATION, location);
		exchange.responseBody().write(null, true);
	}

	private static void notFound(Exchange exchange) {
		exchange.response().status(404);
		exchange.response().headers().set(HeaderNames.CONTENT_TYPE, "text/plain;charset=UTF-8");
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "404 Not Found\n"), true);
	}

}
