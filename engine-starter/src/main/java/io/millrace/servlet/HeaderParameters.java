package io.millrace.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A header value with parameters, such as {@code form-data; name="a"; filename="b"} (RFC
 * 9110 §5.6.6, RFC 6266 §4.1). The first of several parameters with one name counts; one
 * in the extended notation of RFC 8187 goes before the plain one.
 *
 * @param value what stands before the first semicolon, in lower case
 * @param parameters the parameters by name in lower case
 */
record HeaderParameters(String value, Map<String, String> parameters) {

	/**
	 * Parse a header value; what has not the form of a parameter is left out.
	 * @param text the header value
	 * @return value and parameters
	 */
	static HeaderParameters parse(String text) {
		Map<String, String> parameters = new LinkedHashMap<>();
		int semicolon = text.indexOf(';');
		String value = (semicolon < 0) ? text : text.substring(0, semicolon);
		int position = semicolon;
		while (position >= 0 && position < text.length()) {
			position = parseParameter(text, position + 1, parameters);
		}
		return new HeaderParameters(value.strip().toLowerCase(Locale.ROOT), parameters);
	}

	/**
	 * A parameter.
	 * @param name its name in lower case
	 * @return {@code null} where there is none
	 */
	@Nullable String get(String name) {
		String extended = this.parameters.get(name + "*");
		String decoded = (extended != null) ? decodeExtended(extended) : null;
		return (decoded != null) ? decoded : this.parameters.get(name);
	}

	/**
	 * A parameter that people read, a file name for example: encoded words in a plain one
	 * are decoded.
	 * @param name its name in lower case
	 * @return {@code null} where there is none
	 */
	@Nullable String getText(String name) {
		String value = get(name);
		// Not in an extended one, which is decoded already.
		boolean plain = value != null && value.equals(this.parameters.get(name));
		return (plain && value != null) ? EncodedWords.decode(value) : value;
	}

	// Returns the index of the semicolon behind it, or the end.
	private static int parseParameter(String text, int start, Map<String, String> parameters) {
		int end = text.length();
		int nameEnd = start;
		while (nameEnd < end && text.charAt(nameEnd) != '=' && text.charAt(nameEnd) != ';') {
			nameEnd++;
		}
		String name = text.substring(start, nameEnd).strip().toLowerCase(Locale.ROOT);
		int position = nameEnd;
		StringBuilder value = new StringBuilder();
		if (position < end && text.charAt(position) == '=') {
			position++;
			while (position < end && (text.charAt(position) == ' ' || text.charAt(position) == '\t')) {
				position++;
			}
			position = (position < end && text.charAt(position) == '"') ? readQuoted(text, position + 1, value)
					: readPlain(text, position, value);
		}
		if (!name.isEmpty()) {
			parameters.putIfAbsent(name, value.toString());
		}
		return position;
	}

	private static int readPlain(String text, int start, StringBuilder value) {
		int semicolon = text.indexOf(';', start);
		int end = (semicolon < 0) ? text.length() : semicolon;
		value.append(text.substring(start, end).strip());
		return end;
	}

	// Only quote and backslash are taken for escaped: old browsers send a Windows path as
	// it is, and "C:\new" has no escape in it.
	private static int readQuoted(String text, int start, StringBuilder value) {
		int i = start;
		while (i < text.length() && text.charAt(i) != '"') {
			char c = text.charAt(i);
			if (c == '\\' && i + 1 < text.length() && (text.charAt(i + 1) == '"' || text.charAt(i + 1) == '\\')) {
				i++;
				c = text.charAt(i);
			}
			value.append(c);
			i++;
		}
		int semicolon = text.indexOf(';', i);
		return (semicolon < 0) ? text.length() : semicolon;
	}

	// RFC 8187 §3.2.1: charset'language'percent-encoded
	private static @Nullable String decodeExtended(String text) {
		int first = text.indexOf('\'');
		int second = text.indexOf('\'', first + 1);
		if (first < 0 || second < 0) {
			return null;
		}
		byte[] octets = new byte[text.length() - second - 1];
		int length = 0;
		for (int i = second + 1; i < text.length(); i++) {
			int octet = text.charAt(i);
			if (octet == '%') {
				int high = (i + 2 < text.length()) ? PercentCoding.digit(text.charAt(i + 1)) : -1;
				int low = (high >= 0) ? PercentCoding.digit(text.charAt(i + 2)) : -1;
				if (low < 0) {
					return null;
				}
				octet = (high << 4) + low;
				i += 2;
			}
			else if (octet >= 0x80) {
				return null;
			}
			octets[length++] = (byte) octet;
		}
		try {
			Charset charset = (first == 0) ? StandardCharsets.UTF_8 : Charset.forName(text.substring(0, first));
			return charset.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
		}
		catch (CharacterCodingException | IllegalCharsetNameException | UnsupportedCharsetException ex) {
			return null;
		}
	}

}
