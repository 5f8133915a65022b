package io.millrace.core.connection;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The pseudo-header fields of a request (RFC 9113 §8.3.1, RFC 9114 §4.3.1, RFC 8441 §4).
 * Owned by one connection and used for one request after the other.
 */
final class RequestPseudoFields {

	private static final AsciiString METHOD = AsciiString.cached(":method");

	private static final AsciiString SCHEME = AsciiString.cached(":scheme");

	private static final AsciiString AUTHORITY = AsciiString.cached(":authority");

	private static final AsciiString PATH = AsciiString.cached(":path");

	private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");

	@Nullable String method;

	@Nullable String scheme;

	@Nullable String authority;

	@Nullable String path;

	@Nullable String protocol;

	void clear() {
		this.method = null;
		this.scheme = null;
		this.authority = null;
		this.path = null;
		this.protocol = null;
	}

	/**
	 * Take a field.
	 * @param name its name, which begins with a colon
	 * @param value its value
	 * @throws MalformedMessageException where it is none of a request, or there already
	 */
	void add(AsciiString name, String value) throws MalformedMessageException {
		if (name.contentEquals(METHOD)) {
			this.method = once(this.method, value);
		}
		else if (name.contentEquals(PATH)) {
			this.path = once(this.path, value);
		}
		else if (name.contentEquals(SCHEME)) {
			this.scheme = once(this.scheme, value);
		}
		else if (name.contentEquals(AUTHORITY)) {
			this.authority = once(this.authority, value);
		}
		else if (name.contentEquals(PROTOCOL)) {
			this.protocol = once(this.protocol, value);
		}
		else {
			throw new MalformedMessageException("A pseudo-header field is none of a request");
		}
	}

	private static String once(@Nullable String before, String value) throws MalformedMessageException {
		if (before != null) {
			throw new MalformedMessageException("A pseudo-header field is there twice");
		}
		return value;
	}

	/**
	 * Check that what has to be there is, and nothing else.
	 * @param extendedConnect whether the server has said that it knows the field
	 * {@code :protocol}
	 * @throws MalformedMessageException where that is not so
	 */
	void check(boolean extendedConnect) throws MalformedMessageException {
		boolean connect = "CONNECT".equals(this.method);
		if (this.method == null || !Syntax.isToken(this.method)) {
			throw new MalformedMessageException("The request has no method");
		}
		if (this.protocol != null && (!connect || !extendedConnect)) {
			throw new MalformedMessageException("The field :protocol is for an extended CONNECT only");
		}
		if (connect && this.protocol == null) {
			if (this.scheme != null || this.path != null || this.authority == null) {
				throw new MalformedMessageException("CONNECT has an authority, and neither scheme nor path");
			}
			return;
		}
		if (this.scheme == null || this.scheme.isEmpty()) {
			throw new MalformedMessageException("The request has no scheme");
		}
		if (this.path == null || this.path.isEmpty()) {
			throw new MalformedMessageException("The request has no path");
		}
		if (this.path.charAt(0) != '/' && !this.path.equals("*")) {
			throw new MalformedMessageException("The path does not begin with a slash");
		}
	}

}
