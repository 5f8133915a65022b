package io.millrace.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import io.millrace.core.http.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request as servlets and their mappings see it: decoded, without path
 * parameters, normalised (Servlet 6.1 §3.5.2).
 * <p>
 * What that section calls suspicious is refused with 400, because a proxy or a security
 * filter in front may have read it otherwise: encoded slashes, backslashes and control
 * characters, in parameters too; a dot segment that is encoded or has a parameter; an
 * empty segment with a parameter. The last is let through at the end of a path:
 * {@code encodeURL("/")} makes {@code /;jsessionid=…} of it. Empty segments are left out.
 * {@code %25} is a literal percent sign and is not decoded again.
 *
 * @param path the canonical path, starting with a slash
 * @param sessionId the session id among the path parameters, not decoded, {@code null}
 * where there is none
 */
record CanonicalPath(String path, @Nullable String sessionId) {

	/** The name of the path parameter for the session id (Servlet 6.1 §7.1.3). */
	static final String SESSION_PARAMETER = "jsessionid";

	/**
	 * Canonicalise a path whose sessions are tracked by the standard parameter.
	 * @param rawPath the path as received, without the query
	 * @return the canonical path; it has the very String where there is nothing to change
	 * @throws ProtocolException 400 where the path is malformed or suspicious
	 */
	static CanonicalPath of(String rawPath) throws ProtocolException {
		return of(rawPath, SESSION_PARAMETER);
	}

	/**
	 * Canonicalise a path.
	 * @param rawPath the path as received, without the query
	 * @param sessionParameter the name of the path parameter with the session id
	 * @return the canonical path; it has the very String where there is nothing to change
	 * @throws ProtocolException 400 where the path is malformed or suspicious
	 */
	static CanonicalPath of(String rawPath, String sessionParameter) throws ProtocolException {
		if (rawPath.isEmpty() || rawPath.charAt(0) != '/') {
			throw ProtocolException.badRequest("The path has to start with a slash");
		}
		if (isCanonical(rawPath)) {
			return new CanonicalPath(rawPath, null);
		}
		return new Canonicalizer(rawPath, sessionParameter).canonicalize();
	}

	/**
	 * The context path as a client wrote it: it is to be the beginning of the request URI
	 * and is not decoded (Javadoc of {@code getContextPath}).
	 * @param rawPath the raw path, whose canonical form is in the context
	 * @param context the context path
	 * @return the shortest beginning of the raw path that means the context
	 */
	static String context(String rawPath, String context) {
		int end = context.length();
		if (rawPath.startsWith(context) && (end == 0 || end == rawPath.length() || rawPath.charAt(end) == '/')) {
			return context;
		}
		try {
			return rawPath.substring(0, new Canonicalizer(rawPath, SESSION_PARAMETER).find(context));
		}
		catch (ProtocolException ex) {
			return context;
		}
	}

	/**
	 * Whether a path is canonical as it stands. A segment that starts with a dot may be
	 * an ordinary one: that is settled by the slow way.
	 * @param path a path that starts with a slash
	 * @return {@code false} where it is not or may not be
	 */
	static boolean isCanonical(String path) {
		char previous = 'a';
		for (int i = 0; i < path.length(); i++) {
			char c = path.charAt(i);
			if (c == '%' || c == ';' || c == '\\' || isControl(c)) {
				return false;
			}
			if (previous == '/' && (c == '/' || c == '.')) {
				return false;
			}
			previous = c;
		}
		return true;
	}

	// C0, DEL and C1.
	private static boolean isControl(char c) {
		return c < 0x20 || (c >= 0x7F && c < 0xA0);
	}

	/**
	 * The slow way: segment by segment, every one decoded on its own, so that nothing
	 * that is decoded can act as a delimiter.
	 */
	private static final class Canonicalizer {

		private final String raw;

		private final String sessionParameter;

		private final StringBuilder path;

		private final StringBuilder segment = new StringBuilder();

		private @Nullable String sessionId = null;

		// The next one, or one that lies behind us, or negative.
		private int semicolon;

		Canonicalizer(String raw, String sessionParameter) {
			this.raw = raw;
			this.sessionParameter = sessionParameter;
			this.semicolon = raw.indexOf(';');
			this.path = new StringBuilder(raw.length());
		}

		CanonicalPath canonicalize() throws ProtocolException {
			int start = 1;
			while (start <= this.raw.length()) {
				start = next(start);
			}
			if (this.path.isEmpty()) {
				this.path.append('/');
			}
			return new CanonicalPath(this.path.toString(), this.sessionId);
		}

		/**
		 * Find the first segment up to which the path is this one.
		 * @param canonical the path to find
		 * @return the end of that segment, the end of all where there is none
		 * @throws ProtocolException 400 where the path is malformed or suspicious
		 */
		int find(String canonical) throws ProtocolException {
			int start = 1;
			while (start <= this.raw.length() && !canonical.contentEquals(this.path)) {
				start = next(start);
			}
			return start - 1;
		}

		// Take one segment; returns the start of the next one.
		private int next(int start) throws ProtocolException {
			int slash = this.raw.indexOf('/', start);
			int end = (slash < 0) ? this.raw.length() : slash;
			if (this.semicolon >= 0 && this.semicolon < start) {
				this.semicolon = this.raw.indexOf(';', start);
			}
			int nameEnd = (this.semicolon < 0 || this.semicolon > end) ? end : this.semicolon;
			append(start, nameEnd, end);
			readParameters(nameEnd, end);
			return end + 1;
		}

		private void append(int start, int nameEnd, int end) throws ProtocolException {
			boolean last = end == this.raw.length();
			boolean parameters = nameEnd < end;
			if (start == nameEnd) {
				appendEmpty(last, parameters);
				return;
			}
			boolean encoded = decode(start, nameEnd);
			int dots = dots();
			if (dots == 0) {
				this.path.append('/').append(this.segment);
				return;
			}
			if (encoded || parameters) {
				throw ProtocolException.badRequest("The path has a disguised dot segment");
			}
			if (dots == 2) {
				removeLast();
			}
		}

		private void appendEmpty(boolean last, boolean parameters) throws ProtocolException {
			if (last) {
				this.path.append('/');
			}
			else if (parameters) {
				throw ProtocolException.badRequest("The path has a parameter without a name in front");
			}
		}

		private void removeLast() throws ProtocolException {
			if (this.path.isEmpty()) {
				throw ProtocolException.badRequest("The path leads out of the application");
			}
			this.path.setLength(this.path.lastIndexOf("/"));
		}

		// 1 for ".", 2 for "..", otherwise 0
		private int dots() {
			int length = this.segment.length();
			if (length > 2) {
				return 0;
			}
			for (int i = 0; i < length; i++) {
				if (this.segment.charAt(i) != '.') {
					return 0;
				}
			}
			return length;
		}

		private boolean decode(int start, int end) throws ProtocolException {
			this.segment.setLength(0);
			boolean encoded = false;
			int i = start;
			while (i < end) {
				char c = this.raw.charAt(i);
				if (c != '%') {
					appendChecked(c);
					i++;
					continue;
				}
				encoded = true;
				int octet = octet(i, end);
				if (octet < 0x80) {
					if (octet == '/') {
						throw ProtocolException.badRequest("The path has an encoded slash");
					}
					appendChecked((char) octet);
					i += 3;
				}
				else {
					i = decodeMultibyte(i, end);
				}
			}
			return encoded;
		}

		private int decodeMultibyte(int start, int end) throws ProtocolException {
			int count = 1;
			while (start + 3 * count < end && this.raw.charAt(start + 3 * count) == '%'
					&& octet(start + 3 * count, end) >= 0x80) {
				count++;
			}
			byte[] octets = new byte[count];
			for (int i = 0; i < count; i++) {
				octets[i] = (byte) octet(start + 3 * i, end);
			}
			try {
				// A new decoder reports: overlong forms, surrogates and unfinished
				// sequences are errors (RFC 3629 §3, §10).
				CharSequence text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
				for (int i = 0; i < text.length(); i++) {
					appendChecked(text.charAt(i));
				}
			}
			catch (CharacterCodingException ex) {
				throw ProtocolException.badRequest("The path is not encoded in UTF-8");
			}
			return start + 3 * count;
		}

		private void appendChecked(char c) throws ProtocolException {
			if (c == '\\') {
				throw ProtocolException.badRequest("The path has a backslash");
			}
			if (isControl(c)) {
				throw ProtocolException.badRequest("The path has a control character");
			}
			this.segment.append(c);
		}

		private int octet(int percent, int end) throws ProtocolException {
			int high = (percent + 2 < end) ? PercentCoding.digit(this.raw.charAt(percent + 1)) : -1;
			int low = (high >= 0) ? PercentCoding.digit(this.raw.charAt(percent + 2)) : -1;
			if (low < 0) {
				throw ProtocolException.badRequest("The path has an unfinished percent-encoding");
			}
			return (high << 4) + low;
		}

		// The last one counts, as with Tomcat.
		private void readParameters(int start, int end) throws ProtocolException {
			int next = start;
			while (next < end) {
				int semicolon = this.raw.indexOf(';', next + 1);
				int stop = (semicolon < 0 || semicolon > end) ? end : semicolon;
				readParameter(next + 1, stop);
				next = stop;
			}
		}

		private void readParameter(int start, int end) throws ProtocolException {
			int i = start;
			while (i < end) {
				char c = this.raw.charAt(i);
				boolean encoded = c == '%';
				int octet = encoded ? octet(i, end) : c;
				// Above ASCII it is a part of something that nobody decodes here.
				boolean control = encoded ? octet < 0x20 || octet == 0x7F : isControl(c);
				if (octet == '\\' || octet == '/' || control) {
					throw ProtocolException.badRequest("The path has a character that is not allowed");
				}
				i += encoded ? 3 : 1;
			}
			int value = start + this.sessionParameter.length() + 1;
			if (value < end && this.raw.charAt(value - 1) == '=' && this.raw.startsWith(this.sessionParameter, start)) {
				this.sessionId = this.raw.substring(value, end);
			}
		}

	}

}
