package io.millrace.core.http;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Answers where no application does: a status and one safe sentence as plain text.
 */
public final class ErrorResponder {

	/**
	 * Fill in the head of a refusal.
	 * @param head the head
	 * @param refusal what to say
	 */
	public void describe(ResponseHead head, ProtocolException refusal) {
		describe(head, refusal.status());
	}

	private void describe(ResponseHead head, int status) {
		head.reset();
		head.status(status);
		head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain;charset=UTF-8");
		head.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
	}

	/**
	 * The body of a refusal.
	 * @param exchange whose allocator is used
	 * @param status the status
	 * @param message one safe sentence
	 * @return the bytes, to be released by the caller
	 */
	public ByteBuf body(Exchange exchange, int status, String message) {
		String text = status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + ": " + message + "\n";
		return ByteBufUtil.encodeString(exchange.allocator(), java.nio.CharBuffer.wrap(text), StandardCharsets.UTF_8);
	}

	/**
	 * Answer 500 for a handler that failed before it committed.
	 * @param exchange the exchange, committed by the caller
	 */
	void internalError(Exchange exchange) {
		describe(exchange.response(), 500);
		exchange.responseBody().write(body(exchange, 500, "The server could not answer this request."), true);
	}

	/**
	 * Answer 503 for a request that no worker can take, at once.
	 * @param exchange the exchange
	 * @param retryAfterSeconds what to put into Retry-After (RFC 9110 §10.2.3)
	 */
	void unavailable(Exchange exchange, long retryAfterSeconds) {
		describe(exchange.response(), 503);
		exchange.response().headers().set(HttpHeaderNames.RETRY_AFTER, Long.toString(retryAfterSeconds));
		exchange.responseBody().write(body(exchange, 503, "The server is busy, try again later."), true);
	}

}
