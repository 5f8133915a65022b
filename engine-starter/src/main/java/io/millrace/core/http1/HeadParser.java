package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.millrace.core.connection.ReceivedFields;
import io.millrace.core.connection.Syntax;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Parses request heads (RFC 9112 §2 to §5): bytes in, head out. Strict where leniency
 * could make two readers disagree: a line ends in CRLF and nothing else, no white space
 * before a colon, no folded lines, one Host. Owned by one connection; remembers how far
 * it has looked, so that a head that comes byte by byte is not scanned again and again.
 */
final class HeadParser {

	private static final byte CR = '\r';

	private static final byte LF = '\n';

	private static final byte[] HTTP = "HTTP/".getBytes(StandardCharsets.US_ASCII);

	// A larger head is not kept for comparison with the next one: a connection that is
	// idle must not take much.
	private static final int REMEMBERED = 1024;

	private static final FastThreadLocal<byte[]> scratch = new FastThreadLocal<>() {

		@Override
		protected byte[] initialValue() {
			return new byte[4096];
		}

	};

	private static final String HEAD = "HEAD ";

	private final int maxRequestLineSize;

	private final int maxHeaderSize;

	private final int maxHeaderCount;

	// Relative to the reader index: where the current line starts and how far it was
	// looked at. 0 between heads.
	private int lineStart;

	private int scanned;

	private int requestLineEnd;

	// Heads are immutable, and what is the same in two of them is shared.
	private @Nullable RequestHead before;

	private @Nullable String targetBefore;

	HeadParser(Http1Options options) {
		this.maxRequestLineSize = options.maxRequestLineSize();
		this.maxHeaderSize = options.maxHeaderSize();
		this.maxHeaderCount = options.maxHeaderCount();
	}

	/**
	 * Parse the next head.
	 * @param in the bytes received; the head is consumed when it is whole
	 * @return the head, or {@code null} if it is not whole yet
	 * @throws ProtocolException where it is malformed or too large
	 */
	@Nullable RequestHead parse(ByteBuf in) throws ProtocolException {
		int length = findEnd(in);
		if (length < 0) {
			return null;
		}
		byte[] head = scratch.get();
		if (head.length < length) {
			head = new byte[length];
			scratch.set(head);
		}
		in.getBytes(in.readerIndex(), head, 0, length);
		int lineEnd = this.requestLineEnd;
		this.lineStart = 0;
		this.scanned = 0;
		this.requestLineEnd = 0;
		RequestHead parsed = parse(head, lineEnd, length);
		in.skipBytes(length);
		return parsed;
	}

	/**
	 * Whether the head that {@link #parse} has just refused is that of a HEAD request,
	 * whose refusal has no body (RFC 9110 §9.3.2).
	 * @param in the bytes that were refused
	 * @return whether they start with the method
	 */
	static boolean isHeadMethod(ByteBuf in) {
		return in.readableBytes() >= HEAD.length()
				&& in.toString(in.readerIndex(), HEAD.length(), StandardCharsets.US_ASCII).equals(HEAD);
	}

	private int findEnd(ByteBuf in) throws ProtocolException {
		if (this.scanned == 0 && !findStart(in)) {
			return -1;
		}
		int base = in.readerIndex();
		int end = in.readableBytes();
		while (true) {
			int lf = in.indexOf(base + this.scanned, base + end, LF) - base;
			if (lf < 0) {
				this.scanned = end;
				checkSize(end);
				return -1;
			}
			if (this.requestLineEnd == 0) {
				this.requestLineEnd = lf + 1;
			}
			checkSize(lf + 1);
			if (lf == this.lineStart || in.getByte(base + lf - 1) != CR) {
				throw ProtocolException.badRequest("A line of the head does not end in CRLF");
			}
			boolean empty = (lf == this.lineStart + 1);
			this.lineStart = lf + 1;
			this.scanned = lf + 1;
			if (empty) {
				return lf + 1;
			}
		}
	}

	// RFC 9112 §2.2: an empty line before the request line is ignored. What speaks TLS,
	// or nothing that we know, need not wait for the end of its line.
	private static boolean findStart(ByteBuf in) throws ProtocolException {
		while (in.isReadable()) {
			byte first = in.getByte(in.readerIndex());
			if (Syntax.isToken(first)) {
				return true;
			}
			if (first != CR) {
				throw ProtocolException.badRequest("The request line does not start with a method and a space");
			}
			if (in.readableBytes() == 1) {
				return false;
			}
			if (in.getByte(in.readerIndex() + 1) != LF) {
				throw ProtocolException.badRequest("A line of the head does not end in CRLF");
			}
			in.skipBytes(2);
		}
		return false;
	}

	private void checkSize(int size) throws ProtocolException {
		int line = (this.requestLineEnd > 0) ? this.requestLineEnd : size;
		if (line > this.maxRequestLineSize) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 414,
					"The request line is longer than " + this.maxRequestLineSize + " bytes");
		}
		if (size - line > this.maxHeaderSize) {
			throw headerTooLarge("The header is larger than " + this.maxHeaderSize + " bytes");
		}
	}

	private static ProtocolException headerTooLarge(String message) {
		return new ProtocolException(ProtocolException.Kind.LIMIT, 431, message);
	}

	private RequestHead parse(byte[] head, int lineEnd, int length) throws ProtocolException {
		int methodEnd = Syntax.tokenEnd(head, 0, lineEnd);
		if (methodEnd == 0 || head[methodEnd] != ' ') {
			throw ProtocolException.badRequest("The request line does not start with a method and a space");
		}
		int targetEnd = methodEnd + 1;
		while (targetEnd < lineEnd - 2 && head[targetEnd] != ' ') {
			targetEnd++;
		}
		if (targetEnd == methodEnd + 1 || head[targetEnd] != ' ') {
			throw ProtocolException.badRequest("The request line is not method, target and version");
		}
		ProtocolVersion version = version(head, targetEnd + 1, lineEnd - 2);
		String method = KnownNames.method(head, methodEnd);
		if (method.equals("CONNECT")) {
			throw new ProtocolException(ProtocolException.Kind.UNSUPPORTED, 501, "This server is no tunnel");
		}
		RequestHead before = this.before;
		String text = FieldsParser.text(head, methodEnd + 1, targetEnd, this.targetBefore);
		ReceivedFields headers = FieldsParser.parse(head, lineEnd, length - 2, this.maxHeaderCount,
				(before != null) ? (ReceivedFields) before.headers() : ReceivedFields.NONE);
		if (before != null && headers == before.headers() && text.equals(this.targetBefore)
				&& method.equals(before.method()) && version == before.version()) {
			return before;
		}
		RequestTarget target = RequestTarget.parse(method, text);
		checkHost(version, target, headers);
		RequestHead parsed = new RequestHead(method, target, version, headers, BodyFraming.ofRequest(version, headers));
		boolean small = length <= REMEMBERED;
		this.before = small ? parsed : null;
		this.targetBefore = small ? text : null;
		return parsed;
	}

	private static ProtocolVersion version(byte[] head, int start, int end) throws ProtocolException {
		if (end - start != 8 || !Arrays.equals(head, start, start + 5, HTTP, 0, 5) || !isDigit(head[start + 5])
				|| head[start + 6] != '.' || !isDigit(head[start + 7])) {
			throw ProtocolException.badRequest("The request line does not end in an HTTP version");
		}
		if (head[start + 5] == '1' && head[start + 7] <= '1') {
			return (head[start + 7] == '1') ? ProtocolVersion.HTTP_1_1 : ProtocolVersion.HTTP_1_0;
		}
		throw new ProtocolException(ProtocolException.Kind.UNSUPPORTED, 505,
				"This port speaks HTTP/1.1 and HTTP/1.0 only");
	}

	private static boolean isDigit(byte b) {
		return b >= '0' && b <= '9';
	}

	// RFC 9112 §3.2: exactly one Host in HTTP/1.1, and none that says something else than
	// an absolute target.
	private static void checkHost(ProtocolVersion version, RequestTarget target, ReceivedFields headers)
			throws ProtocolException {
		int at = headers.find(HttpHeaderNames.HOST, 0);
		if (at < 0) {
			if (version == ProtocolVersion.HTTP_1_1) {
				throw ProtocolException.badRequest("The request has no Host");
			}
			return;
		}
		if (headers.find(HttpHeaderNames.HOST, at + 1) >= 0) {
			throw ProtocolException.badRequest("The request has more than one Host");
		}
		String host = String.valueOf(headers.at(at));
		if (!host.isEmpty()) {
			RequestTarget.checkAuthority(host);
		}
		if (target.authority() != null && !target.authority().equalsIgnoreCase(host)) {
			throw ProtocolException.badRequest("Host and request target name different hosts");
		}
	}

	/**
	 * Whether the first bytes of a head have come.
	 * @return whether a head is under way
	 */
	boolean isStarted() {
		return this.scanned > 0;
	}

}
