package io.millrace.core.connection;

import java.util.HashMap;
import java.util.Map;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;

/**
 * The names of fields in lower case, as HTTP/2 and HTTP/3 have them (RFC 9113 §8.2.1).
 * Those that come again and again are not made anew.
 */
final class LowerCaseNames {

	private static final Map<String, AsciiString> KNOWN = new HashMap<>();

	static {
		for (AsciiString name : names()) {
			KNOWN.put(name.toString(), name);
			KNOWN.put(capitals(name.toString()), name);
		}
	}

	private LowerCaseNames() {
	}

	private static AsciiString[] names() {
		return new AsciiString[] { HttpHeaderNames.ACCEPT_RANGES, HttpHeaderNames.AGE, HttpHeaderNames.ALLOW,
				HttpHeaderNames.CACHE_CONTROL, HttpHeaderNames.CONTENT_DISPOSITION, HttpHeaderNames.CONTENT_ENCODING,
				HttpHeaderNames.CONTENT_LANGUAGE, HttpHeaderNames.CONTENT_LOCATION, HttpHeaderNames.CONTENT_RANGE,
				HttpHeaderNames.CONTENT_SECURITY_POLICY, HttpHeaderNames.CONTENT_TYPE, HttpHeaderNames.DATE,
				HttpHeaderNames.ETAG, HttpHeaderNames.EXPIRES, HttpHeaderNames.LAST_MODIFIED, HttpHeaderNames.LOCATION,
				HttpHeaderNames.PRAGMA, HttpHeaderNames.RETRY_AFTER, HttpHeaderNames.SERVER, HttpHeaderNames.SET_COOKIE,
				HttpHeaderNames.TRAILER, HttpHeaderNames.VARY, HttpHeaderNames.WWW_AUTHENTICATE,
				HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, HttpHeaderNames.X_FRAME_OPTIONS,
				AsciiString.cached("x-content-type-options"), AsciiString.cached("x-xss-protection"),
				AsciiString.cached("strict-transport-security"), AsciiString.cached("traceparent"),
				AsciiString.cached("grpc-status"), AsciiString.cached("grpc-encoding"),
				AsciiString.cached("grpc-accept-encoding") };
	}

	private static String capitals(String name) {
		StringBuilder text = new StringBuilder(name);
		for (int i = 0; i < text.length(); i++) {
			if (i == 0 || text.charAt(i - 1) == '-') {
				text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
			}
		}
		return text.toString();
	}

	/**
	 * A name in lower case.
	 * @param name the name, ASCII
	 * @return the same in lower case
	 */
	static AsciiString of(CharSequence name) {
		AsciiString known = KNOWN.get(name.toString());
		return (known != null) ? known : AsciiString.of(name).toLowerCase();
	}

}
