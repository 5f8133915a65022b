package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

import io.millrace.core.connection.Syntax;
import io.millrace.core.connection.DateText;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes response heads, chunk framing and trailers (RFC 9112 §4, §5, §7.1). One for all
 * connections of an engine.
 */
final class ResponseEncoder {

	private static final Logger logger = LoggerFactory.getLogger(ResponseEncoder.class);

	private static final byte[] CRLF = { '\r', '\n' };

	private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");

	private static final byte[] CLOSE = ascii("Connection: close\r\n");

	private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

	private static final byte[] UPGRADE = ascii("Connection: upgrade\r\n");

	private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");

	private static final AsciiString ALT_SVC = AsciiString.cached("Alt-Svc");

	private static final byte[] LAST_CHUNK = ascii("0\r\n");

	// Date, Connection and the empty line.
	private static final int TAIL_SIZE = 37 + 24 + 2;

	private static final byte[][] STATUS_LINES = new byte[600][];

	private final byte @Nullable [] server;

	// Null where there is nothing to say. Written before the date, which is read before.
	private byte @Nullable [] alternative;

	private volatile DateLine date = new DateLine(0, new byte[0]);

	ResponseEncoder(@Nullable String serverHeader) {
		this.server = (serverHeader != null) ? ascii("Server: " + serverHeader + "\r\n") : null;
	}

	/**
	 * Say from now on where the same is served by another protocol version (RFC 7838 §3).
	 * @param alternative the value of the field Alt-Svc
	 */
	void advertise(String alternative) {
		this.alternative = ascii("Alt-Svc: " + alternative + "\r\n");
		this.date = new DateLine(0, new byte[0]);
	}

	static {
		for (int status = 101; status < STATUS_LINES.length; status++) {
			STATUS_LINES[status] = statusLine(status);
		}
	}

	private static byte[] statusLine(int status) {
		return ascii("HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\n");
	}

	/**
	 * Write a head.
	 * @param head the head
	 * @param framing how the body is delimited
	 * @param contentLength the length to declare, -1 for none
	 * @param persistence what to say of the connection
	 * @param out where to
	 */
	void writeHead(ResponseHead head, BodyFraming framing, long contentLength, Persistence persistence, ByteBuf out) {
		int status = head.status();
		out.writeBytes((status < STATUS_LINES.length) ? STATUS_LINES[status] : statusLine(status));
		HttpHeaders headers = head.headers();
		boolean dated = writeFields(headers, out);
		if (contentLength >= 0) {
			out.writeBytes(CONTENT_LENGTH);
			writeDecimal(contentLength, out);
			out.writeBytes(CRLF);
		}
		else if (framing.kind() == BodyFraming.Kind.CHUNKED) {
			out.writeBytes(CHUNKED);
		}
		if (!dated) {
			out.writeBytes(dateLine());
		}
		if (this.server != null && !headers.contains(HttpHeaderNames.SERVER)) {
			out.writeBytes(this.server);
		}
		if (this.alternative != null && !headers.contains(ALT_SVC)) {
			out.writeBytes(this.alternative);
		}
		writeEnd(persistence, out);
	}

	/**
	 * Write the part of a head that is the same in all responses of a second, and its
	 * end.
	 * @param persistence what to say of the connection
	 * @param out where to
	 */
	void writeTail(Persistence persistence, ByteBuf out) {
		out.writeBytes(dateLine());
		if (this.server != null) {
			out.writeBytes(this.server);
		}
		if (this.alternative != null) {
			out.writeBytes(this.alternative);
		}
		writeEnd(persistence, out);
	}

	/**
	 * How long that is.
	 * @return its size in bytes at most
	 */
	int tailSize() {
		return TAIL_SIZE + ((this.server != null) ? this.server.length : 0)
				+ ((this.alternative != null) ? this.alternative.length : 0);
	}

	private static void writeEnd(Persistence persistence, ByteBuf out) {
		if (persistence == Persistence.CLOSE) {
			out.writeBytes(CLOSE);
		}
		else if (persistence == Persistence.KEEP_ALIVE) {
			out.writeBytes(KEEP_ALIVE);
		}
		else if (persistence == Persistence.UPGRADE) {
			out.writeBytes(UPGRADE);
		}
		out.writeBytes(CRLF);
	}

	// The fields that are the engine's are left out, whatever the application has set.
	private static boolean writeFields(HttpHeaders headers, ByteBuf out) {
		boolean dated = false;
		Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
		while (fields.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = fields.next();
			CharSequence name = field.getKey();
			int length = name.length();
			if (length == 14 && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
					|| length == 17 && HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
					|| length == 10 && HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)) {
				continue;
			}
			dated |= length == 4 && HttpHeaderNames.DATE.contentEqualsIgnoreCase(name);
			writeField(name, field.getValue(), out);
		}
		return dated;
	}

	private static void writeField(CharSequence name, CharSequence value, ByteBuf out) {
		writeText(name, out);
		out.writeShort((':' << 8) | ' ');
		writeText(value, out);
		out.writeBytes(CRLF);
	}

	// What is not ISO-8859-1 becomes a question mark: cutting it down to a byte could
	// make a line end of it.
	private static void writeText(CharSequence text, ByteBuf out) {
		if (text instanceof AsciiString ascii) {
			out.writeBytes(ascii.array(), ascii.arrayOffset(), ascii.length());
		}
		else {
			ByteBufUtil.writeAscii(out, text);
		}
	}

	static void writeDecimal(long value, ByteBuf out) {
		long unit = 1;
		while (value / unit >= 10) {
			unit *= 10;
		}
		for (; unit > 0; unit /= 10) {
			out.writeByte((int) ('0' + value / unit % 10));
		}
	}

	private byte[] dateLine() {
		long second = System.currentTimeMillis() / 1000;
		DateLine line = this.date;
		if (line.second != second) {
			line = new DateLine(second, ascii("Date: " + DateText.of(second) + "\r\n"));
			this.date = line;
		}
		return line.bytes;
	}

	/**
	 * Write the size of a chunk.
	 * @param size more than 0
	 * @param out where to
	 */
	void writeChunkStart(long size, ByteBuf out) {
		ByteBufUtil.writeAscii(out, Long.toHexString(size));
		out.writeBytes(CRLF);
	}

	/**
	 * Write the end of a chunk.
	 * @param out where to
	 */
	void writeChunkEnd(ByteBuf out) {
		out.writeBytes(CRLF);
	}

	/**
	 * Write the end of a chunked body.
	 * @param trailers the trailer fields, if any
	 * @param out where to
	 */
	void writeLastChunk(@Nullable HttpHeaders trailers, ByteBuf out) {
		out.writeBytes(LAST_CHUNK);
		if (trailers != null) {
			writeTrailers(trailers, out);
		}
		out.writeBytes(CRLF);
	}

	// Unlike those of the head these fields are of the application's making, checked by
	// nobody. RFC 9110 §6.5.1: nothing that a recipient needs before the body.
	private static void writeTrailers(HttpHeaders trailers, ByteBuf out) {
		Iterator<Map.Entry<CharSequence, CharSequence>> fields = trailers.iteratorCharSequence();
		while (fields.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = fields.next();
			if (!Syntax.isToken(field.getKey()) || !Syntax.isValue(field.getValue()) || isFraming(field.getKey())) {
				logger.warn("A trailer field that is none was left out");
				continue;
			}
			writeField(field.getKey(), field.getValue(), out);
		}
	}

	private static boolean isFraming(CharSequence name) {
		return HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
				|| HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
				|| HttpHeaderNames.TRAILER.contentEqualsIgnoreCase(name)
				|| HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name);
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * What a head says of the connection (RFC 9112 §9.3).
	 */
	enum Persistence {

		/** Nothing: HTTP/1.1 keeps it. */
		IMPLIED,

		/** It is kept, for an HTTP/1.0 client. */
		KEEP_ALIVE,

		/** It is closed after the response. */
		CLOSE,

		/** It speaks another protocol after the head (RFC 9110 §7.8). */
		UPGRADE;

		/**
		 * Whether the client will send no further request.
		 * @param request the head of its request
		 * @return whether this is its last one
		 */
		static boolean isUnwanted(RequestHead request) {
			HttpHeaders headers = request.headers();
			if (request.version() == ProtocolVersion.HTTP_1_1) {
				return headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
			}
			return !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
		}

		static Persistence of(boolean keepAlive, ProtocolVersion version) {
			if (!keepAlive) {
				return CLOSE;
			}
			return (version == ProtocolVersion.HTTP_1_1) ? IMPLIED : KEEP_ALIVE;
		}

	}

	private record DateLine(long second, byte[] bytes) {

	}

}
