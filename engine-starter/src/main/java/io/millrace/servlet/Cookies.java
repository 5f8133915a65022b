package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Cookie header and writes Set-Cookie (RFC 6265 §4), as leniently and as
 * strictly as Tomcat does, because that is what browsers and applications are used to.
 */
final class Cookies {

	static final Cookie[] NONE = {};

	// RFC 9110 §5.6.2
	private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

	private static final String PAST = "Thu, 01 Jan 1970 00:00:10 GMT";

	private static final DateTimeFormatter DATE = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	private Cookies() {
	}

	/**
	 * Read the cookies of a request. Those whose name is no token or whose value has a
	 * character that RFC 6265 does not allow are left out; quotes around a value are part
	 * of it; {@code $Version} and its like are cookies as any other, since RFC 6265 knows
	 * no such thing. Octets above 127 in a value are UTF-8.
	 * @param headerValues the values of all Cookie headers, every octet one character
	 * @return the cookies in the order they came, empty where there are none
	 */
	static Cookie[] parse(List<String> headerValues) {
		List<Cookie> cookies = new ArrayList<>();
		for (int i = 0; i < headerValues.size(); i++) {
			parse(headerValues.get(i), cookies);
		}
		return cookies.isEmpty() ? NONE : cookies.toArray(NONE);
	}

	private static void parse(String header, List<Cookie> cookies) {
		int start = 0;
		while (start < header.length()) {
			int semicolon = header.indexOf(';', start);
			int end = (semicolon < 0) ? header.length() : semicolon;
			parsePair(header, skipSpace(header, start, end), skipSpaceBack(header, start, end), cookies);
			start = end + 1;
		}
	}

	private static void parsePair(String header, int start, int end, List<Cookie> cookies) {
		int nameEnd = start;
		while (nameEnd < end && isToken(header.charAt(nameEnd))) {
			nameEnd++;
		}
		int equals = skipSpace(header, nameEnd, end);
		if (nameEnd == start || (equals < end && header.charAt(equals) != '=')) {
			return;
		}
		// A name without "=" is a cookie without value: some browsers send it.
		String value = (equals < end) ? value(header, skipSpace(header, equals + 1, end), end) : "";
		if (value != null) {
			cookies.add(new Cookie(header.substring(start, nameEnd), value));
		}
	}

	private static @Nullable String value(String header, int start, int end) {
		boolean quoted = end - start > 1 && header.charAt(start) == '"' && header.charAt(end - 1) == '"';
		boolean ascii = true;
		// An opening quote without a closing one is let through, as Tomcat does.
		for (int i = (start < end && header.charAt(start) == '"') ? start + 1 : start; i < (quoted ? end - 1
				: end); i++) {
			char c = header.charAt(i);
			if (!isValue(c)) {
				return null;
			}
			ascii &= c < 0x80;
		}
		String value = header.substring(start, end);
		return ascii ? value : new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

	private static int skipSpace(String header, int start, int end) {
		int i = start;
		while (i < end && isSpace(header.charAt(i))) {
			i++;
		}
		return i;
	}

	private static int skipSpaceBack(String header, int start, int end) {
		int i = end;
		while (i > start && isSpace(header.charAt(i - 1))) {
			i--;
		}
		return i;
	}

	private static boolean isSpace(char c) {
		return c == ' ' || c == '\t';
	}

	private static boolean isToken(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
				|| TOKEN_PUNCTUATION.indexOf(c) >= 0;
	}

	// cookie-octet of RFC 6265 §4.1.1, and everything above ASCII, for UTF-8
	private static boolean isValue(char c) {
		return c > 0x20 && c != '"' && c != ',' && c != ';' && c != '\\' && c != 0x7F;
	}

	/**
	 * Write the value of a Set-Cookie header.
	 * @param cookie the cookie
	 * @param sameSite the {@code SameSite} of a cookie that has none of its own,
	 * {@code null} for none
	 * @return the header value, every character one octet
	 * @throws IllegalArgumentException where a part of the cookie would break the header
	 */
	static String encode(Cookie cookie, @Nullable String sameSite) {
		return encode(cookie, sameSite, Clock.systemUTC());
	}

	static String encode(Cookie cookie, @Nullable String sameSite, Clock clock) {
		StringBuilder header = new StringBuilder(64);
		header.append(cookie.getName()).append('=');
		String value = cookie.getValue();
		if (value != null && !value.isEmpty()) {
			appendValue(header, value);
		}
		appendAge(header, cookie.getMaxAge(), clock);
		String domain = cookie.getDomain();
		if (domain != null && !domain.isEmpty()) {
			checkDomain(domain);
			header.append("; Domain=").append(domain);
		}
		String path = cookie.getPath();
		if (path != null && !path.isEmpty()) {
			header.append("; Path=").append(checkAttribute("path", path));
		}
		if (cookie.getSecure()) {
			header.append("; Secure");
		}
		if (cookie.isHttpOnly()) {
			header.append("; HttpOnly");
		}
		String own = cookie.getAttribute("SameSite");
		String effective = (own != null) ? own : sameSite;
		if (effective != null && !effective.isEmpty()) {
			header.append("; SameSite=").append(checkAttribute("SameSite", effective));
		}
		String partitioned = cookie.getAttribute("Partitioned");
		if (partitioned != null && (partitioned.isEmpty() || partitioned.equalsIgnoreCase("true"))) {
			header.append("; Partitioned");
		}
		appendFurther(header, cookie.getAttributes());
		return header.toString();
	}

	private static void appendValue(StringBuilder header, String value) {
		boolean quoted = value.length() > 1 && value.charAt(0) == '"' && value.charAt(value.length() - 1) == '"';
		boolean ascii = true;
		for (int i = quoted ? 1 : 0; i < (quoted ? value.length() - 1 : value.length()); i++) {
			char c = value.charAt(i);
			if (!isValue(c)) {
				throw new IllegalArgumentException(
						"The value of a cookie must not contain the character " + Integer.toString(c));
			}
			ascii &= c < 0x80;
		}
		header.append(ascii ? value : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
	}

	// Max-Age wins where a client knows it (RFC 6265 §4.1.2.2). Its grammar has no zero
	// (§4.1.1): a date in the past deletes a cookie everywhere.
	private static void appendAge(StringBuilder header, int maxAge, Clock clock) {
		if (maxAge == 0) {
			header.append("; Expires=").append(PAST);
		}
		else if (maxAge > 0) {
			header.append("; Expires=").append(DATE.format(clock.instant().plusSeconds(maxAge)));
			header.append("; Max-Age=").append(maxAge);
		}
	}

	private static void appendFurther(StringBuilder header, Map<String, String> attributes) {
		for (Map.Entry<String, String> attribute : attributes.entrySet()) {
			String name = attribute.getKey();
			String value = attribute.getValue();
			switch (name.toLowerCase(Locale.ROOT)) {
				case "comment", "domain", "max-age", "path", "secure", "httponly", "samesite", "partitioned" -> {
					// written already, or obsolete
				}
				default -> appendAttribute(header, name, value);
			}
		}
	}

	private static void appendAttribute(StringBuilder header, String name, String value) {
		for (int i = 0; i < name.length(); i++) {
			if (!isToken(name.charAt(i))) {
				throw new IllegalArgumentException("The name of a cookie's attribute has to be a token");
			}
		}
		header.append("; ").append(name);
		if (!value.isEmpty()) {
			header.append('=').append(checkAttribute(name, value));
		}
	}

	// av-octet of RFC 6265 §4.1.1
	private static String checkAttribute(String name, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c < 0x20 || c > 0x7E || c == ';') {
				throw new IllegalArgumentException(
						"The " + name + " of a cookie must not contain the character " + Integer.toString(c));
			}
		}
		return value;
	}

	// Labels as RFC 1034 §3.5 has them; a leading dot is obsolete (RFC 6265 §5.2.3).
	private static void checkDomain(String domain) {
		char previous = '.';
		for (int i = 0; i <= domain.length(); i++) {
			char c = (i < domain.length()) ? domain.charAt(i) : '.';
			boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			boolean separator = c == '.' && previous != '.' && previous != '-';
			boolean hyphen = c == '-' && previous != '.';
			if (!alphanumeric && !separator && !hyphen) {
				throw new IllegalArgumentException("The domain of a cookie is malformed");
			}
			previous = c;
		}
	}

}
