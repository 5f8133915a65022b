package io.millrace.accesslog;

import org.jspecify.annotations.Nullable;

/**
 * Reads the W3C's {@code traceparent}: version, trace, span and flags.
 */
final class TraceParent {

	private static final int TRACE_START = 3;

	private static final int TRACE_END = 35;

	private static final int LENGTH = 55;

	private TraceParent() {
	}

	/**
	 * Append the id of the trace.
	 * @param line where to
	 * @param value the value of the field
	 */
	static void appendTraceId(Line line, String value) {
		Escape.JSON.append(line, value, TRACE_START, TRACE_END);
	}

	/**
	 * Whether a value is right, as far as its trace is concerned.
	 * @param value the value
	 * @return whether there is a trace in it
	 */
	static boolean isValid(@Nullable String value) {
		if (value == null || value.length() < LENGTH || value.charAt(TRACE_START - 1) != '-'
				|| value.charAt(TRACE_END) != '-') {
			return false;
		}
		boolean zero = true;
		for (int i = TRACE_START; i < TRACE_END; i++) {
			char digit = value.charAt(i);
			if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
				return false;
			}
			zero &= (digit == '0');
		}
		return !zero;
	}

}
