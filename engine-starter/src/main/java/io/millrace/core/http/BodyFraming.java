package io.millrace.core.http;

import java.util.List;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * How a message body is delimited: RFC 9112 §6, all of it, and nowhere else.
 *
 * @param kind the way
 * @param length the number of bytes for {@link Kind#LENGTH}, otherwise -1 (0 for
 * {@link Kind#NONE})
 */
public record BodyFraming(Kind kind, long length) {

	/** A message without body. */
	public static final BodyFraming NONE = new BodyFraming(Kind.NONE, 0);

	/** A message of unknown length, delimited by its protocol version. */
	public static final BodyFraming CHUNKED = new BodyFraming(Kind.CHUNKED, -1);

	/** A response that ends where the connection ends. */
	public static final BodyFraming UNTIL_CLOSE = new BodyFraming(Kind.UNTIL_CLOSE, -1);

	/**
	 * A body of known length.
	 * @param length the number of bytes, 0 or more
	 * @return the framing
	 */
	public static BodyFraming ofLength(long length) {
		return new BodyFraming(Kind.LENGTH, length);
	}

	/**
	 * Whether bytes of a body may follow the head.
	 * @return {@code false} for {@link Kind#NONE} and for length 0
	 */
	public boolean hasBody() {
		return this.length != 0;
	}

	/**
	 * The framing of a request (RFC 9112 §6.3). Whatever two readers could understand
	 * differently is refused, also where the RFC lets a server be lenient: that is what
	 * request smuggling lives on.
	 * @param version the protocol version of the request
	 * @param headers its header fields
	 * @return the framing
	 * @throws ProtocolException 400 for an ambiguous framing, 501 for a transfer coding
	 * other than chunked
	 */
	public static BodyFraming ofRequest(ProtocolVersion version, HttpHeaders headers) throws ProtocolException {
		boolean coded = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
		boolean sized = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
		if (!coded && !sized) {
			return NONE;
		}
		if (!coded) {
			return ofContentLength(headers.getAll(HttpHeaderNames.CONTENT_LENGTH));
		}
		if (sized) {
			throw ambiguous("Content-Length and Transfer-Encoding exclude each other");
		}
		if (version != ProtocolVersion.HTTP_1_1) {
			throw ambiguous("Transfer-Encoding is not of HTTP/1.0");
		}
		checkTransferEncoding(headers.getAll(HttpHeaderNames.TRANSFER_ENCODING));
		return CHUNKED;
	}

	private static BodyFraming ofContentLength(List<String> values) throws ProtocolException {
		if (values.size() > 1) {
			throw ambiguous("There is more than one Content-Length");
		}
		long length = parseLength(values.get(0));
		if (length < 0) {
			throw ambiguous("Content-Length is not a number of bytes");
		}
		return ofLength(length);
	}

	/**
	 * The value of a Content-Length (RFC 9110 §8.6): digits and nothing else.
	 * @param value the value
	 * @return the number, -1 where it is none or has more than 18 digits
	 */
	public static long parseLength(String value) {
		if (value.isEmpty() || value.length() > 18) {
			return -1;
		}
		long length = 0;
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c < '0' || c > '9') {
				return -1;
			}
			length = length * 10 + (c - '0');
		}
		return length;
	}

	private static void checkTransferEncoding(List<String> values) throws ProtocolException {
		if (values.size() > 1) {
			throw ambiguous("There is more than one Transfer-Encoding");
		}
		String[] codings = values.get(0).split(",", -1);
		for (int i = 0; i < codings.length; i++) {
			boolean last = (i == codings.length - 1);
			String coding = codings[i].strip();
			if (coding.isEmpty() || coding.equalsIgnoreCase("chunked") != last) {
				throw ambiguous("Transfer-Encoding does not end in chunked, once");
			}
		}
		if (codings.length > 1) {
			throw new ProtocolException(ProtocolException.Kind.UNSUPPORTED, 501,
					"No transfer coding but chunked is implemented");
		}
	}

	private static ProtocolException ambiguous(String message) {
		return new ProtocolException(ProtocolException.Kind.FRAMING, 400, message);
	}

	/**
	 * The framing of a response (RFC 9112 §6.3, RFC 9110 §8.6).
	 * @param request the request that it answers
	 * @param status the status
	 * @param contentLength the Content-Length that the head has, -1 for none
	 * @return the framing of the bytes that really follow the head
	 */
	public static BodyFraming ofResponse(RequestHead request, int status, long contentLength) {
		if (status == 101) {
			// What follows is the other protocol's.
			return UNTIL_CLOSE;
		}
		if (request.method().equals("HEAD") || !mayHaveBody(status)) {
			return NONE;
		}
		if (contentLength >= 0) {
			return ofLength(contentLength);
		}
		return (request.version() == ProtocolVersion.HTTP_1_0) ? UNTIL_CLOSE : CHUNKED;
	}

	/**
	 * Whether a response of this status may have a body (RFC 9110 §6.4.1).
	 * @param status the status
	 * @return {@code false} for 1xx, 204, 205 and 304
	 */
	public static boolean mayHaveBody(int status) {
		return status >= 200 && status != 204 && status != 205 && status != 304;
	}

	/**
	 * The ways to delimit a body.
	 */
	public enum Kind {

		/** There is no body. */
		NONE,

		/** Content-Length: §6.2. */
		LENGTH,

		/**
		 * Transfer-Encoding: chunked: §7.1; in later protocol versions what ends with the
		 * stream and has no Content-Length.
		 */
		CHUNKED,

		/**
		 * A response up to the end of the connection, for HTTP/1.0 clients, or what
		 * follows one that switched protocols.
		 */
		UNTIL_CLOSE

	}

}
