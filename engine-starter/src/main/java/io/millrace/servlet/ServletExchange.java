package io.millrace.servlet;

import io.millrace.core.http.Exchange;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * From a request, as filters and frameworks have it, to the exchange behind it.
 */
public final class ServletExchange {

	private ServletExchange() {
	}

	/**
	 * Find the exchange. Valid as long as the request is.
	 * @param request the request, wrapped perhaps
	 * @return the exchange, {@code null} where the request is none of this container's
	 */
	public static @Nullable Exchange of(ServletRequest request) {
		ServletRequest innermost = request;
		while (innermost instanceof ServletRequestWrapper wrapper) {
			innermost = wrapper.getRequest();
		}
		return (innermost instanceof RequestHeadView view) ? view.exchange() : null;
	}

}
