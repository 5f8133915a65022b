package io.millrace.core.http;

/**
 * What the client of a refused request is told.
 *
 * @param reason why
 * @param status the status, 503 or 429
 * @param retryAfterSeconds what {@code Retry-After} says (RFC 9110 §10.2.3, RFC 6585 §4),
 * 1 or more
 */
public record RefusalAnswer(Refusal reason, int status, long retryAfterSeconds) {

	/**
	 * Check the answer.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public RefusalAnswer {
		if (status != 503 && status != 429) {
			throw new IllegalArgumentException("status has to be 503 or 429, and is " + status);
		}
		if (retryAfterSeconds < 1) {
			throw new IllegalArgumentException("retryAfterSeconds has to be 1 or more, and is " + retryAfterSeconds);
		}
	}

}
