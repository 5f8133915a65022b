package io.millrace.servlet;

import io.millrace.core.http.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request as servlets and their mappings see it (Servlet 6.1 §3.5.2):
 * decoded, without path parameters, normalised.
 *
 * @param path the canonical path, starting with a slash
 * @param sessionId the value of the {@code jsessionid} path parameter, {@code null} where
 * there is none
 */
record CanonicalPath(String path, @Nullable String sessionId) {

	static CanonicalPath of(String rawPath) throws ProtocolException {
		throw new UnsupportedOperationException(rawPath);
	}

}
