package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Refusal;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.millrace.core.http1.ResponseEncoder.Persistence;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Writes what busy servers say, which is encoded beforehand but for the little that
 * changes: when a server is asked too much, refusing is what it does most. Byte for byte
 * what {@link ErrorResponder} would say. One for all connections of an engine.
 */
final class RefusalEncoder {

	private static final String LENGTH = "Content-Length: ";

	private static final int DIGITS = 20;

	private final ResponseEncoder encoder;

	private final Text[] unavailable;

	private final Text[] tooMany;

	RefusalEncoder(ResponseEncoder encoder, ErrorResponder errors) {
		this.encoder = encoder;
		this.unavailable = texts(503, errors);
		this.tooMany = texts(429, errors);
	}

	private Text[] texts(int status, ErrorResponder errors) {
		Refusal[] reasons = Refusal.values();
		Text[] texts = new Text[reasons.length];
		for (Refusal reason : reasons) {
			ResponseHead head = new ResponseHead();
			errors.describe(head, status);
			ByteBuf body = errors.body(UnpooledByteBufAllocator.DEFAULT, status, reason.message());
			int length = body.readableBytes();
			ByteBuf encoded = Unpooled.buffer();
			this.encoder.writeHead(head, BodyFraming.NONE, length, Persistence.IMPLIED, encoded);
			String text = encoded.toString(StandardCharsets.ISO_8859_1);
			texts[reason.ordinal()] = new Text(ascii(text.substring(0, text.indexOf(LENGTH)) + "Retry-After: "),
					ascii("\r\n" + LENGTH + length + "\r\n"), bytes(body));
			encoded.release();
		}
		return texts;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] bytes(ByteBuf body) {
		byte[] bytes = new byte[body.readableBytes()];
		body.readBytes(bytes);
		body.release();
		return bytes;
	}

	/**
	 * Encode a refusal.
	 * @param answer what is said
	 * @param request the head of the request
	 * @param keepAlive whether the connection is kept
	 * @param allocator where the buffer comes from
	 * @return the response, to be released by the caller
	 */
	ByteBuf encode(RefusalAnswer answer, RequestHead request, boolean keepAlive, ByteBufAllocator allocator) {
		Text text = text(answer);
		ByteBuf out = allocator.directBuffer(text.size() + this.encoder.tailSize());
		out.writeBytes(text.start);
		ResponseEncoder.writeDecimal(answer.retryAfterSeconds(), out);
		out.writeBytes(text.length);
		this.encoder.writeTail(Persistence.of(keepAlive, request.version()), out);
		if (!request.method().equals("HEAD")) {
			out.writeBytes(text.body);
		}
		return out;
	}

	/**
	 * How long the content of a refusal is.
	 * @param answer what is said
	 * @param request the head of the request
	 * @return its size in bytes
	 */
	int contentSize(RefusalAnswer answer, RequestHead request) {
		return request.method().equals("HEAD") ? 0 : text(answer).body.length;
	}

	private Text text(RefusalAnswer answer) {
		return ((answer.status() == 429) ? this.tooMany : this.unavailable)[answer.reason().ordinal()];
	}

	/** What does not change. */
	private record Text(byte[] start, byte[] length, byte[] body) {

		int size() {
			return this.start.length + DIGITS + this.length.length + this.body.length;
		}

	}

}
