package io.millrace.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Answers where no application does: a status and one safe sentence as plain text.
 */
public final class ErrorResponder {

	/**
	 * Fill in the head of an error.
	 * @param head the head
	 * @param status the status
	 */
	public void describe(ResponseHead head, int status) {
		head.reset();
		head.status(status);
		head.headers().set("Content-Type", "text/plain;charset=UTF-8");
		head.headers().set("Cache-Control", "no-store");
	}

	/**
	 * The body of an error.
	 * @param allocator where the bytes come from
	 * @param status the status
	 * @param message one safe sentence
	 * @return the bytes, to be released by the caller
	 */
	public ByteBuf body(ByteBufAllocator allocator, int status, String message) {
		String text = status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + ": " + message + "\n";
		return ByteBufUtil.writeUtf8(allocator, text);
	}

	/**
	 * Answer 500 for a handler that failed before it committed. Called on the event loop.
	 * @param exchange the exchange, which was {@linkplain Exchange#takeOver() taken over}
	 */
	void internalError(Exchange exchange) {
		describe(exchange.substituteHead(), 500);
		ByteBuf body = body(exchange.allocator(), 500, "The server could not answer this request.");
		exchange.stream().write(exchange, body, true);
		exchange.stream().flush();
	}

	/**
	 * Answer for a request that took too long. Called on the event loop.
	 * @param exchange the exchange, which was {@linkplain Exchange#takeOver() taken over}
	 * @param status the status
	 * @param retryAfterSeconds what to put into Retry-After
	 */
	void timedOut(Exchange exchange, int status, long retryAfterSeconds) {
		ResponseHead head = exchange.substituteHead();
		describe(head, status);
		if (status == 503) {
			head.headers().set("Retry-After", Long.toString(retryAfterSeconds));
		}
		ByteBuf body = body(exchange.allocator(), status, "The request took too long.");
		exchange.stream().write(exchange, body, true);
		exchange.stream().flush();
	}

	/**
	 * Fill in the head of a refusal.
	 * @param head the head
	 * @param answer what is said
	 */
	public void describe(ResponseHead head, RefusalAnswer answer) {
		describe(head, answer.status());
		head.headers().set("Retry-After", Long.toString(answer.retryAfterSeconds()));
	}

	/**
	 * Answer for a request that nobody takes. Any thread may call.
	 * @param exchange the exchange
	 * @param answer what it is told
	 */
	void refused(Exchange exchange, RefusalAnswer answer) {
		describe(exchange.response(), answer);
		ByteBuf body = body(exchange.allocator(), answer.status(), answer.reason().message());
		exchange.responseBody().write(body, true);
	}

	/**
	 * Answer for a request whose body nobody here can read. Called on the event loop.
	 * @param exchange the exchange
	 * @param accepted the codings that could be read (RFC 9110 §12.5.3)
	 */
	void unsupportedCoding(Exchange exchange, String accepted) {
		describe(exchange.response(), 415);
		exchange.response().headers().set("Accept-Encoding", accepted);
		ByteBuf body = body(exchange.allocator(), 415, "The content coding of the request body is not supported.");
		exchange.responseBody().write(body, true);
	}

}
