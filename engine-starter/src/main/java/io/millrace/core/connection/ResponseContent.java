package io.millrace.core.connection;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of a response: how it is delimited, and how much of it was handed on. What
 * a client was promised by a Content-Length stays true, whatever the application writes.
 * Owned as the connection is, and used for one response after the other.
 */
public final class ResponseContent {

	private static final Logger logger = LoggerFactory.getLogger(ResponseContent.class);

	// Instead of what is left of a Content-Length, once more than that was written.
	private static final long OVERRUN = -1;

	private BodyFraming framing = BodyFraming.NONE;

	private long left;

	private long sent;

	/** Be ready for the next response. */
	public void reset() {
		this.framing = BodyFraming.NONE;
		this.left = 0;
		this.sent = 0;
	}

	/**
	 * The first part of a response is written.
	 * @param exchange whose response it is
	 * @param size bytes of the part
	 * @param last whether the response ends with it
	 * @return the length to declare: what the application has, else what is known because
	 * the whole body is here; -1 for none
	 */
	public long start(Exchange exchange, long size, boolean last) {
		RequestHead request = exchange.request();
		ResponseHead head = exchange.sentHead();
		long length = contentLength(request, head, size, last);
		this.framing = BodyFraming.ofResponse(request, head.status(), length);
		this.left = this.framing.length();
		return length;
	}

	private static long contentLength(RequestHead request, ResponseHead head, long size, boolean last) {
		int status = head.status();
		if (head.isSwitching()) {
			return -1;
		}
		if (status == 205) {
			// RFC 9110 §15.3.6: without it, a client would read on until the close.
			return 0;
		}
		// RFC 9110 §8.6: none with 204.
		long declared = (status != 204) ? declaredLength(head) : -1;
		if (declared >= 0) {
			return declared;
		}
		boolean whole = last && head.trailers() == null && BodyFraming.mayHaveBody(status)
				&& (size > 0 || !request.method().equals("HEAD"));
		return whole ? size : -1;
	}

	// An application's mistake must not reach the wire: what is no number is left out.
	private static long declaredLength(ResponseHead head) {
		String value = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
		return (value != null) ? BodyFraming.parseLength(value) : -1;
	}

	/**
	 * How the response is delimited.
	 * @return the framing of what really follows the head
	 */
	public BodyFraming framing() {
		return this.framing;
	}

	/**
	 * How much was handed on.
	 * @return bytes
	 */
	public long sent() {
		return this.sent;
	}

	/**
	 * A part is written.
	 * @param size its bytes
	 * @param exchange whose response it is
	 * @return how many of them may be handed on
	 */
	public long allowed(long size, Exchange exchange) {
		long allowed = fitting(size, exchange);
		this.sent += allowed;
		return allowed;
	}

	private long fitting(long size, Exchange exchange) {
		return switch (this.framing.kind()) {
			case NONE -> 0;
			case LENGTH -> {
				if (size <= this.left) {
					this.left -= size;
					yield size;
				}
				long allowed = Math.max(this.left, 0);
				if (this.left != OVERRUN) {
					logger.warn("The response to {} {} has more bytes than its Content-Length: they were left out",
							exchange.request().method(), exchange.request().target().path());
				}
				this.left = OVERRUN;
				yield allowed;
			}
			case CHUNKED, UNTIL_CLOSE -> size;
		};
	}

	/**
	 * Whether something is missing that a Content-Length has promised.
	 * @return whether the response may not end yet
	 */
	public boolean isShort() {
		return this.framing.kind() == BodyFraming.Kind.LENGTH && this.left > 0;
	}

	/**
	 * The last part was written.
	 * @param exchange whose response it is
	 * @return whether something is missing that its Content-Length has promised
	 */
	public boolean isCutShort(Exchange exchange) {
		boolean shorter = isShort();
		if (shorter) {
			logger.warn("The response to {} {} has {} bytes less than its Content-Length: the client is told so",
					exchange.request().method(), exchange.request().target().path(), this.left);
		}
		return shorter;
	}

}
