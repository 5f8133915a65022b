package io.millrace.core.connection;

import java.util.Iterator;
import java.util.Map;

import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the field section of a response, or of its trailers, for HTTP/2 and HTTP/3 (RFC
 * 9113 §8.2 and §8.3.2): {@code :status} first, names in lower case, nothing about
 * connections of HTTP/1.1, and Date and Server where the application has set none. One
 * for all connections of a listener.
 */
public final class ResponseFields {

	private static final Logger logger = LoggerFactory.getLogger(ResponseFields.class);

	private static final AsciiString ALT_SVC = AsciiString.cached("alt-svc");

	private static final AsciiString STATUS = AsciiString.cached(":status");

	private static final AsciiString[] STATUSES = new AsciiString[600];

	private static final AsciiString[] LENGTHS = new AsciiString[1024];

	private final @Nullable AsciiString server;

	private volatile Dated date = new Dated(0, AsciiString.EMPTY_STRING);

	static {
		for (int i = 100; i < STATUSES.length; i++) {
			STATUSES[i] = AsciiString.cached(Integer.toString(i));
		}
		for (int i = 0; i < LENGTHS.length; i++) {
			LENGTHS[i] = AsciiString.cached(Integer.toString(i));
		}
	}

	// Where the same is served by another protocol version, null for nowhere.
	private volatile @Nullable AsciiString alternative;

	ResponseFields(@Nullable String serverHeader) {
		this.server = (serverHeader != null) ? AsciiString.cached(serverHeader) : null;
	}

	/**
	 * Say from now on where the same is served by another protocol version (RFC 7838 §3).
	 * @param alternative the value of the field Alt-Svc
	 */
	public void advertise(String alternative) {
		this.alternative = AsciiString.cached(alternative);
	}

	/**
	 * Make the field section of a head.
	 * @param head the head
	 * @param contentLength the length to declare, -1 for none, whatever the application
	 * has set
	 * @param out takes the fields
	 */
	public void write(ResponseHead head, long contentLength, FieldSink out) {
		writeStatus(head.status(), out);
		boolean dated = false;
		boolean served = this.server == null;
		Iterator<Map.Entry<CharSequence, CharSequence>> fields = head.headers().iteratorCharSequence();
		while (fields.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = fields.next();
			AsciiString name = LowerCaseNames.of(field.getKey());
			if (isLeftOut(name)) {
				continue;
			}
			dated |= name.length() == 4 && name.contentEquals(HttpHeaderNames.DATE);
			served |= name.length() == 6 && name.contentEquals(HttpHeaderNames.SERVER);
			out.add(name, value(field.getValue()));
		}
		if (contentLength >= 0) {
			out.add(HttpHeaderNames.CONTENT_LENGTH, (contentLength < LENGTHS.length) ? LENGTHS[(int) contentLength]
					: new AsciiString(Long.toString(contentLength)));
		}
		if (!dated) {
			out.add(HttpHeaderNames.DATE, date());
		}
		if (!served && this.server != null) {
			out.add(HttpHeaderNames.SERVER, this.server);
		}
		AsciiString alternative = this.alternative;
		if (alternative != null && !head.headers().contains(ALT_SVC)) {
			out.add(ALT_SVC, alternative);
		}
	}

	/**
	 * Make the field section of a head that has a status only, such as that of an interim
	 * response.
	 * @param status the status
	 * @param out takes the field
	 */
	public static void writeStatus(int status, FieldSink out) {
		out.add(STATUS, (status < STATUSES.length) ? STATUSES[status] : new AsciiString(Integer.toString(status)));
	}

	private static boolean isLeftOut(AsciiString name) {
		return name.length() == 14 && name.contentEquals(HttpHeaderNames.CONTENT_LENGTH)
				|| RequestFields.isOfConnection(name);
	}

	// A field must not begin or end with white space (RFC 9113 §8.2.1), which in HTTP/1.1
	// does no harm.
	private static AsciiString value(CharSequence value) {
		AsciiString text = AsciiString.of(value);
		int length = text.length();
		boolean trimmed = length == 0 || (text.byteAt(0) > ' ' || text.byteAt(0) < 0)
				&& (text.byteAt(length - 1) > ' ' || text.byteAt(length - 1) < 0);
		return trimmed ? text : text.trim();
	}

	/**
	 * Make the field section of trailers. Unlike the fields of the head these are checked
	 * by nobody: what is none, and what a recipient needs before the body (RFC 9110
	 * §6.5.1), is left out.
	 * @param trailers the fields
	 * @param out takes them
	 */
	public void writeTrailers(HttpHeaders trailers, FieldSink out) {
		Iterator<Map.Entry<CharSequence, CharSequence>> fields = trailers.iteratorCharSequence();
		while (fields.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = fields.next();
			AsciiString name = LowerCaseNames.of(field.getKey());
			if (!Syntax.isToken(name) || !Syntax.isValue(field.getValue()) || isLeftOut(name)
					|| name.contentEquals(HttpHeaderNames.TRAILER)) {
				logger.warn("A trailer field that is none was left out");
				continue;
			}
			out.add(name, value(field.getValue()));
		}
	}

	private AsciiString date() {
		long second = System.currentTimeMillis() / 1000;
		Dated known = this.date;
		if (known.second != second) {
			known = new Dated(second, new AsciiString(DateText.of(second)));
			this.date = known;
		}
		return known.text;
	}

	private record Dated(long second, AsciiString text) {

	}

}
