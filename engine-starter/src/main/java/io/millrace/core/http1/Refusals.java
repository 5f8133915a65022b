package io.millrace.core.http1;

import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What a connection says to requests that are not right.
 */
final class Refusals {

	private final Http1Services services;

	private final ResponseWriter writer;

	private final ByteBufAllocator allocator;

	Refusals(Http1Services services, ResponseWriter writer, ByteBufAllocator allocator) {
		this.services = services;
		this.writer = writer;
		this.allocator = allocator;
	}

	/**
	 * Tell the observers.
	 * @param refusal what is not right
	 */
	void count(ProtocolException refusal) {
		this.services.observer().protocolError(refusal.kind().id());
	}

	/**
	 * Write the answer, after which the connection is closed.
	 * @param refused the exchange, whose head nobody has written yet
	 * @param refusal what is not right
	 */
	void answer(Exchange refused, ProtocolException refusal) {
		ErrorResponder errors = this.services.dispatcher().services().errors();
		errors.describe(refused.substituteHead(), refusal.status());
		this.writer.write(refused, errors.body(this.allocator, refusal.status(), refusal.getMessage()), true, false);
	}

	/**
	 * The exchange of bytes that are no request.
	 * @param stream the stream
	 * @param bytes where the head should have been
	 * @return an exchange to be refused
	 */
	Exchange unknown(ExchangeStream stream, ByteBuf bytes) {
		RequestHead head = HeadParser.isHeadMethod(bytes) ? RequestHead.UNKNOWN_HEAD : RequestHead.UNKNOWN;
		return new Exchange(stream, head, this.services.dispatcher().services());
	}

	static ProtocolException tooSlow(String message) {
		return new ProtocolException(ProtocolException.Kind.TIMEOUT, 408, message);
	}

}
