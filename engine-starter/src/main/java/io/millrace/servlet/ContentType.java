package io.millrace.servlet;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A Content-Type, taken apart as far as servlets need it. An application uses a handful
 * of them, so what was parsed once is kept; the number is bounded as clients can invent
 * others. Immutable but for what it remembers.
 */
final class ContentType {

	private static final int MOST = 256;

	private static final Map<String, ContentType> KNOWN = new ConcurrentHashMap<>();

	private final String type;

	private final @Nullable String charset;

	private final String header;

	// The same with the charset that was asked for last; any thread may set it.
	private @Nullable ContentType variant;

	private ContentType(String type, @Nullable String charset) {
		this.type = type;
		this.charset = charset;
		this.header = (charset != null) ? type + ";charset=" + charset : type;
	}

	/**
	 * The type.
	 * @return the type with its parameters but the charset
	 */
	String type() {
		return this.type;
	}

	/**
	 * The charset.
	 * @return its name, {@code null} where there is none
	 */
	@Nullable String charset() {
		return this.charset;
	}

	/**
	 * The whole value.
	 * @return what stands in a header
	 */
	String header() {
		return this.header;
	}

	static ContentType parse(String text) {
		ContentType known = KNOWN.get(text);
		if (known == null) {
			known = read(text);
			if (KNOWN.size() < MOST && text.length() < 128) {
				KNOWN.put(text, known);
			}
		}
		return known;
	}

	private static ContentType read(String text) {
		int semicolon = next(text, 0);
		StringBuilder type = new StringBuilder(text.substring(0, semicolon).trim());
		String charset = null;
		while (semicolon < text.length()) {
			int end = next(text, semicolon + 1);
			String parameter = text.substring(semicolon + 1, end).trim();
			if (charset == null && parameter.regionMatches(true, 0, "charset=", 0, 8)) {
				charset = unquote(parameter.substring(8).trim());
			}
			else if (!parameter.isEmpty()) {
				type.append(';').append(parameter);
			}
			semicolon = end;
		}
		return new ContentType(type.toString(), (charset != null && !charset.isEmpty()) ? charset : null);
	}

	// The next semicolon that is not within quotes.
	private static int next(String text, int start) {
		boolean quoted = false;
		for (int i = start; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"') {
				quoted = !quoted;
			}
			else if (c == '\\' && quoted) {
				i++;
			}
			else if (c == ';' && !quoted) {
				return i;
			}
		}
		return text.length();
	}

	private static String unquote(String value) {
		boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
		return quoted ? value.substring(1, value.length() - 1) : value;
	}

	ContentType withCharset(@Nullable String charset) {
		if (Objects.equals(charset, this.charset)) {
			return this;
		}
		ContentType known = this.variant;
		if (known == null || !Objects.equals(charset, known.charset)) {
			known = new ContentType(this.type, charset);
			this.variant = known;
		}
		return known;
	}

	/**
	 * Whether this is the type, whatever its parameters.
	 * @param name the type in lower case
	 * @return whether it is
	 */
	boolean is(String name) {
		int end = this.type.indexOf(';');
		int length = (end < 0) ? this.type.length() : end;
		return length == name.length() && this.type.regionMatches(true, 0, name, 0, length);
	}

}
