package io.millrace.boot.autoconfigure;

import io.millrace.boot.InvalidTlsException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells which SSL bundle or which of {@code server.ssl.*} cannot be used, and why.
 */
class InvalidTlsFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTlsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTlsException cause) {
		String bundle = cause.getBundle();
		String property = cause.getProperty();
		String where = (bundle != null) ? "spring.ssl.bundle.*." + bundle + ".*, which " + property + ".* names"
				: property + ".* (certificate and certificate-private-key, or key-store, key-store-password and "
						+ "key-password; enabled-protocols; ciphers)";
		return new FailureAnalysis(
				"Web server failed to start. " + cause.getMessage() + ": " + reason(cause) + ".", "Correct " + where
						+ ". Nothing is served in plain text instead; " + property + ".enabled=false would do that.",
				cause);
	}

	// The innermost says what is wrong, those around it what was tried.
	private static String reason(Throwable failure) {
		StringBuilder reason = new StringBuilder();
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			String message = (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getName();
			if (reason.indexOf(message) < 0) {
				reason.append(reason.isEmpty() ? "" : ": ").append(message);
			}
		}
		return reason.toString();
	}

}
