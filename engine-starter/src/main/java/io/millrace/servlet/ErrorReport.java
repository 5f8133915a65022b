package io.millrace.servlet;

import org.jspecify.annotations.Nullable;

/**
 * An error that is to be answered with an error page (Servlet 6.1 §10.9).
 *
 * @param status the status
 * @param message what the application said to it, {@code null} for nothing
 * @param exception the exception, {@code null} where {@code sendError} was called
 */
record ErrorReport(int status, @Nullable String message, @Nullable Throwable exception) {

}
