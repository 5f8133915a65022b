package io.millrace.core.http2;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * What a connection says to requests that no application answers. For the event loop
 * only.
 */
final class StreamAnswers {

	private final Http2Session session;

	private final ConnectionServices services;

	StreamAnswers(Http2Session session) {
		this.session = session;
		this.services = session.services();
	}

	static ProtocolException tooSlow() {
		return new ProtocolException(ProtocolException.Kind.TIMEOUT, 408, "The request body comes too slowly");
	}

	/**
	 * Answer for the application.
	 * @param stream the stream
	 * @param refused the exchange, which was taken over or which nobody has yet
	 * @param refusal what is not right
	 */
	void refuse(RequestStream stream, Exchange refused, ProtocolException refusal) {
		ErrorResponder errors = this.services.dispatcher().services().errors();
		this.services.reports().refused(refused, refusal.kind().id());
		errors.describe(refused.substituteHead(), refusal.status());
		ByteBuf content = errors.body(this.session.allocator(), refusal.status(), refusal.getMessage());
		refused.receivedBody().fail(refusal);
		stream.answer(refused, content);
	}

	/**
	 * Refuse a request without an exchange: nobody will see it, and refusing has to cost
	 * much less than serving.
	 * @param stream the stream
	 * @param request its head
	 * @param answer what its client is told
	 */
	void turnAway(RequestStream stream, RequestHead request, RefusalAnswer answer) {
		ErrorResponder errors = this.services.dispatcher().services().errors();
		ResponseHead head = new ResponseHead();
		errors.describe(head, answer);
		ByteBuf content = errors.body(this.session.allocator(), answer.status(), answer.reason().message());
		int size = content.readableBytes();
		boolean bare = request.method().equals("HEAD");
		this.session.writeHead(stream.id(), head, size, bare);
		if (bare) {
			content.release();
			stream.responseSent();
		}
		else {
			stream.enqueue(new DataPart(stream, content, true));
		}
		this.services.reports().turnedAway(stream, request, answer, bare ? 0 : size, !this.session.isGoingAway());
	}

}
