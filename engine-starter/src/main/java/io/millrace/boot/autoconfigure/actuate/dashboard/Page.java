package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A response that is no JSON.
 *
 * @param status the status
 * @param contentType what it is
 * @param headers its other fields
 * @param content the bytes
 */
record Page(int status, String contentType, Map<String, String> headers, byte[] content) {

	/**
	 * Say why there is no stream.
	 * @param reason one sentence
	 * @return a response that asks the client to come back
	 */
	static Page unavailable(String reason) {
		return new Page(503, "text/plain;charset=UTF-8", Map.of("Retry-After", "5", "Cache-Control", "no-store"),
				reason.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public String toString() {
		return this.status + " " + this.contentType;
	}

}
