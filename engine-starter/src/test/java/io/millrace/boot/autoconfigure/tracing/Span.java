package io.millrace.boot.autoconfigure.tracing;

import java.util.Map;

/**
 * A span as a collector gets it.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param parentSpanId 16 hexadecimal digits, empty for none
 * @param name the name
 * @param kind 2 for a server
 * @param attributes those that are strings
 */
record Span(String traceId, String spanId, String parentSpanId, String name, long kind,
		Map<String, String> attributes) {

	static final long SERVER = 2;

}
