package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.Map;

/**
 * The head of the stream.
 */
final class StreamHeaders {

	static final String CONTENT_TYPE = "text/event-stream";

	/** That no cache keeps it and no proxy collects it. */
	static final Map<String, String> OTHERS = Map.of("Cache-Control", "no-store", "X-Accel-Buffering", "no");

	private StreamHeaders() {
	}

	/**
	 * What is answered to HEAD.
	 * @return a response without content
	 */
	static Page headOnly() {
		return new Page(200, CONTENT_TYPE, OTHERS, new byte[0]);
	}

}
