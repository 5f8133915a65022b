package io.millrace.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Where an error is dispatched to (Servlet 6.1 §10.9.2).
 *
 * @param status the status that it is for, {@code null} for any
 * @param exception the exception class that it is for, {@code null} for any
 * @param path the path within the context, starting with a slash
 */
public record ErrorPage(@Nullable Integer status, @Nullable Class<? extends Throwable> exception, String path) {

	/**
	 * Check the path.
	 * @throws IllegalArgumentException where the path does not start with a slash, or the
	 * page is for a status and an exception at the same time
	 */
	public ErrorPage {
		if (!path.startsWith("/")) {
			throw new IllegalArgumentException(
					"The path of an error page has to start with '/', and is '" + path + "'");
		}
		if (status != null && exception != null) {
			throw new IllegalArgumentException("An error page is for a status or for an exception, not for both");
		}
	}

	/**
	 * A page for every error that has no page of its own.
	 * @param path the path within the context
	 * @return the page
	 */
	public static ErrorPage forAll(String path) {
		return new ErrorPage(null, null, path);
	}

}
