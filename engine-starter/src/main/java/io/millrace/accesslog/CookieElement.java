package io.millrace.accesslog;

import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * The value of a cookie.
 */
final class CookieElement implements PatternFormat.Element {

	private final String name;

	private final boolean masked;

	/**
	 * Create the element.
	 * @param name the name of the cookie, in the case that it is sent with
	 * @param masks what is not to be written: no cookie where not the field that has them
	 */
	CookieElement(String name, Masks masks) {
		this.name = name;
		this.masked = masks.hides("Cookie");
	}

	@Override
	public void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis) {
		String cookies = exchange.requestHeader("Cookie");
		String value = (cookies != null) ? find(cookies) : null;
		PatternCodes.text(line, (this.masked && value != null) ? QueryMask.MASKED : value);
	}

	private @Nullable String find(String cookies) {
		int start = 0;
		while (start < cookies.length()) {
			int semicolon = cookies.indexOf(';', start);
			int end = (semicolon < 0) ? cookies.length() : semicolon;
			while (start < end && cookies.charAt(start) == ' ') {
				start++;
			}
			int value = start + this.name.length();
			if (value < end && cookies.charAt(value) == '=' && cookies.startsWith(this.name, start)) {
				return cookies.substring(value + 1, end);
			}
			start = end + 1;
		}
		return null;
	}

}
