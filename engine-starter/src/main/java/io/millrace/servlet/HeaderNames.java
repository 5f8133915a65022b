package io.millrace.servlet;

import io.netty.util.AsciiString;

/**
 * Names of header fields as they are sent, in the case that everybody knows.
 */
final class HeaderNames {

	static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");

	static final AsciiString CONTENT_LENGTH = AsciiString.cached("Content-Length");

	static final AsciiString CONTENT_LANGUAGE = AsciiString.cached("Content-Language");

	static final AsciiString SET_COOKIE = AsciiString.cached("Set-Cookie");

	static final AsciiString LOCATION = AsciiString.cached("Location");

	static final AsciiString ALLOW = AsciiString.cached("Allow");

	static final AsciiString UPGRADE = AsciiString.cached("Upgrade");

	private HeaderNames() {
	}

}
