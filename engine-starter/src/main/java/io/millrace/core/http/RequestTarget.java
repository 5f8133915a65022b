package io.millrace.core.http;

import org.jspecify.annotations.Nullable;

/**
 * The request target (RFC 9112 §3.2), split but not decoded: the path and the query are
 * the octets that the client sent, of which only those that RFC 3986 allows are let
 * through.
 *
 * @param form which of the four forms it is
 * @param authority host and optional port of an absolute or authority form, otherwise
 * {@code null}; it then replaces the Host header
 * @param path the raw path, starting with a slash, {@code *} in the asterisk form, empty
 * in the authority form
 * @param query the raw query without the question mark, {@code null} where there is none
 */
public record RequestTarget(Form form, @Nullable String authority, String path, @Nullable String query) {

	private static final RequestTarget ASTERISK = new RequestTarget(Form.ASTERISK, null, "*", null);

	// RFC 3986 §3.3 and §3.4. Square brackets in a query are not of its grammar, but
	// applications of every framework use them and no server is confused by them.
	private static final boolean[] PATH = allowed("!$&'()*+,;=:@-._~%/");

	private static final boolean[] QUERY = allowed("!$&'()*+,;=:@-._~%/?[]");

	private static final boolean[] AUTHORITY = allowed("!$&'()*+,;=:-._~%[]");

	/**
	 * Parse a request target.
	 * @param method the method, which decides whether the authority and the asterisk form
	 * are allowed
	 * @param text the target as received, every octet one character
	 * @return the target
	 * @throws ProtocolException 400 where it is none of the four forms or has a character
	 * that RFC 3986 does not allow
	 */
	public static RequestTarget parse(String method, String text) throws ProtocolException {
		if (!text.isEmpty() && text.charAt(0) == '/') {
			return withPath(Form.ORIGIN, null, text, 0);
		}
		if (text.equals("*")) {
			if (!method.equals("OPTIONS")) {
				throw ProtocolException.badRequest("An asterisk as request target is for OPTIONS only");
			}
			return ASTERISK;
		}
		if (method.equals("CONNECT")) {
			checkAuthority(text);
			return new RequestTarget(Form.AUTHORITY, text, "", null);
		}
		return parseAbsolute(text);
	}

	private static RequestTarget parseAbsolute(String text) throws ProtocolException {
		int start = schemeLength(text);
		if (start < 0) {
			throw ProtocolException.badRequest("The request target is neither a path nor an absolute http URI");
		}
		int end = start;
		while (end < text.length() && "/?".indexOf(text.charAt(end)) < 0) {
			end++;
		}
		String authority = text.substring(start, end);
		checkAuthority(authority);
		if (end == text.length() || text.charAt(end) == '?') {
			// RFC 9110 §4.2.3: an empty path is the same as "/".
			return withPath(Form.ABSOLUTE, authority, "/" + text.substring(end), 0);
		}
		return withPath(Form.ABSOLUTE, authority, text, end);
	}

	private static int schemeLength(String text) {
		if (text.regionMatches(true, 0, "http://", 0, 7)) {
			return 7;
		}
		return text.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
	}

	private static RequestTarget withPath(Form form, @Nullable String authority, String text, int start)
			throws ProtocolException {
		int end = text.length();
		int question = start;
		while (question < end && text.charAt(question) != '?') {
			check(PATH, text, question);
			question++;
		}
		for (int i = question + 1; i < end; i++) {
			check(QUERY, text, i);
		}
		String path = text.substring(start, question);
		return new RequestTarget(form, authority, path, (question < end) ? text.substring(question + 1) : null);
	}

	/**
	 * Check the syntax of a host with an optional port (RFC 9110 §7.2, RFC 3986 §3.2.2).
	 * User information is refused, as RFC 9110 §4.2.4 asks.
	 * @param authority the text
	 * @throws ProtocolException 400 where it is malformed
	 */
	public static void checkAuthority(String authority) throws ProtocolException {
		int portStart;
		if (authority.startsWith("[")) {
			portStart = authority.indexOf(']') + 1;
			if (portStart < 4) {
				throw invalidAuthority();
			}
			for (int i = 1; i < portStart - 1; i++) {
				if (Character.digit(authority.charAt(i), 16) < 0 && ":.".indexOf(authority.charAt(i)) < 0) {
					throw invalidAuthority();
				}
			}
		}
		else {
			int colon = authority.indexOf(':');
			portStart = (colon < 0) ? authority.length() : colon;
			if (portStart == 0) {
				throw invalidAuthority();
			}
			for (int i = 0; i < portStart; i++) {
				char c = authority.charAt(i);
				if (c >= AUTHORITY.length || !AUTHORITY[c] || c == '[' || c == ']') {
					throw invalidAuthority();
				}
			}
		}
		checkPort(authority, portStart);
	}

	private static void checkPort(String authority, int start) throws ProtocolException {
		if (start == authority.length()) {
			return;
		}
		int port = 0;
		if (authority.charAt(start) != ':') {
			throw invalidAuthority();
		}
		for (int i = start + 1; i < authority.length(); i++) {
			char c = authority.charAt(i);
			port = port * 10 + (c - '0');
			if (c < '0' || c > '9' || port > 65535) {
				throw invalidAuthority();
			}
		}
	}

	private static ProtocolException invalidAuthority() {
		return ProtocolException.badRequest("The host of the request is malformed");
	}

	private static void check(boolean[] table, String text, int index) throws ProtocolException {
		char c = text.charAt(index);
		if (c >= table.length || !table[c]) {
			throw ProtocolException.badRequest("The request target has a character that has to be percent-encoded");
		}
		if (c == '%') {
			checkEscape(text, index, table == PATH);
		}
	}

	private static void checkEscape(String text, int index, boolean path) throws ProtocolException {
		if (index + 2 >= text.length() || Character.digit(text.charAt(index + 1), 16) < 0
				|| Character.digit(text.charAt(index + 2), 16) < 0) {
			if (path) {
				throw ProtocolException.badRequest("The path has an unfinished percent-encoding");
			}
			return;
		}
		// No resource has NUL in its name; below us it would end a file name early.
		if (path && text.charAt(index + 1) == '0' && text.charAt(index + 2) == '0') {
			throw ProtocolException.badRequest("The path has an encoded NUL");
		}
	}

	private static boolean[] allowed(String punctuation) {
		boolean[] table = new boolean[128];
		for (char c = 0; c < 128; c++) {
			table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
					|| punctuation.indexOf(c) >= 0;
		}
		return table;
	}

	/**
	 * The path with its query, as {@code URI} has it.
	 * @return for example {@code /courses?page=2}
	 */
	public String pathAndQuery() {
		return (this.query != null) ? this.path + "?" + this.query : this.path;
	}

	/**
	 * The target as the client sent it, but for the scheme of an absolute one, which
	 * nobody looks at.
	 * @return for example {@code /courses?page=2}
	 */
	public String asSent() {
		return switch (this.form) {
			case ORIGIN, ASTERISK -> pathAndQuery();
			case ABSOLUTE -> "http://" + this.authority + pathAndQuery();
			case AUTHORITY -> String.valueOf(this.authority);
		};
	}

	/**
	 * The four forms of RFC 9112 §3.2.
	 */
	public enum Form {

		/** {@code /path?query}: §3.2.1. */
		ORIGIN,

		/** {@code http://host/path?query}: §3.2.2. */
		ABSOLUTE,

		/** {@code host:port}, for CONNECT: §3.2.3. */
		AUTHORITY,

		/** {@code *}, for OPTIONS: §3.2.4. */
		ASTERISK

	}

}
