package io.millrace.core.connection;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.HttpHeaderNames;

/**
 * Which Content-Length a response declares (RFC 9110 §8.6).
 */
public final class ResponseLength {

	private ResponseLength() {
	}

	/**
	 * The length to declare: what the application has, else what is known because the
	 * whole body is here.
	 * @param request the request
	 * @param head the head of the response
	 * @param size how many bytes its first part has
	 * @param last whether that is the only part
	 * @return the length, -1 for none
	 */
	public static long of(RequestHead request, ResponseHead head, long size, boolean last) {
		int status = head.status();
		if (head.isSwitching()) {
			return -1;
		}
		if (status == 205) {
			// RFC 9110 §15.3.6: without it, a client would read on until the close.
			return 0;
		}
		// RFC 9110 §8.6: none with 204.
		long declared = (status != 204) ? declared(head) : -1;
		if (declared >= 0) {
			return declared;
		}
		boolean whole = last && head.trailers() == null && BodyFraming.mayHaveBody(status)
				&& (size > 0 || !request.method().equals("HEAD"));
		return whole ? size : -1;
	}

	// An application's mistake must not reach the wire: what is no number is left out.
	private static long declared(ResponseHead head) {
		String value = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
		return (value != null) ? BodyFraming.parseLength(value) : -1;
	}

}
