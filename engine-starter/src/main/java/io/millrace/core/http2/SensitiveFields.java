package io.millrace.core.http2;

import io.netty.handler.codec.http.HttpHeaderNames;

/**
 * The fields that are never put into the table of HPACK (RFC 7541 §7.1.3), because they
 * are secrets.
 */
final class SensitiveFields {

	private SensitiveFields() {
	}

	static boolean isSensitive(CharSequence name, CharSequence value) {
		return switch (name.length()) {
			case 10 -> HttpHeaderNames.SET_COOKIE.contentEquals(name);
			case 13 -> HttpHeaderNames.AUTHORIZATION.contentEquals(name);
			default -> false;
		};
	}

}
