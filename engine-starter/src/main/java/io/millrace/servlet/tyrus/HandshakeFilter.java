package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.util.Map;

import io.millrace.core.http.Exchange;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Answers handshakes for endpoints that were registered, after all filters of the
 * application: what they refuse stays refused.
 */
final class HandshakeFilter implements Filter {

	private static final Runnable NOTHING = () -> {
	};

	private final EndpointContainer container;

	HandshakeFilter(EndpointContainer container) {
		this.container = container;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!this.container.isUsed() || !(request instanceof HttpServletRequest http)
				|| !upgrade(http, (HttpServletResponse) response)) {
			chain.doFilter(request, response);
		}
	}

	private boolean upgrade(HttpServletRequest request, HttpServletResponse response)
			throws IOException, ServletException {
		Exchange exchange = Handshake.asked(request);
		return exchange != null && new Handshake(this.container, request, exchange, NOTHING, NOTHING)
			.answer(this.container.getWebSocketEngine(), path(request), Map.of(), response);
	}

	/**
	 * The path that filters and servlets were chosen by.
	 * @param request the request
	 * @return the path, decoded and canonical, with that of the context
	 */
	static String path(HttpServletRequest request) {
		String info = request.getPathInfo();
		String path = request.getContextPath() + request.getServletPath();
		return (info != null) ? path + info : path;
	}

}
