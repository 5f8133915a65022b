package io.millrace.boot.autoconfigure.tracing;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.slf4j.MDC;

/**
 * The trace that a client has begun, and what the application sees of it.
 */
final class ClientTrace {

	static final String ID = "0af7651916cd43dd8448eb211c80319c";

	static final String SPAN = "b7ad6b7169203331";

	/** W3C Trace Context §3.2, sampled. */
	static final String[] HEADER = { "traceparent", "00-" + ID + "-" + SPAN + "-01" };

	private ClientTrace() {
	}

	/**
	 * The trace that code is part of, by the tracer and by the log.
	 * @return both, a slash between them
	 */
	static String seen(Tracer tracer) {
		Span span = tracer.currentSpan();
		return ((span != null) ? span.context().traceId() : "nothing") + "/" + MDC.get("traceId");
	}

}
