package io.millrace.accesslog;

import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * The value of a cookie.
 */
final class CookieElement implements PatternFormat.Element {

	private final String name;

	/**
	 * Create the element.
	 * @param name the name of the cookie, in the case that it is sent with
	 */
	CookieElement(String name) {
		this.name = name;
	}

	@Override
	public void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis) {
		String cookies = exchange.requestHeader("Cookie");
		PatternCodes.text(line, (cookies != null) ? find(cookies) : null);
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
