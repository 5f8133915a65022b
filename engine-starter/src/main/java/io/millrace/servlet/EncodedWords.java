package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * Reads encoded words (RFC 2047), which some clients put into the names of fields and
 * files of a form. RFC 7578 §5.1 forbids them, Tomcat and Spring read them.
 */
final class EncodedWords {

	private EncodedWords() {
	}

	/**
	 * Decode the encoded words of a text.
	 * @param text the text
	 * @return the text with the words decoded; those that are malformed stay as they are
	 */
	static String decode(String text) {
		int start = text.indexOf("=?");
		if (start < 0) {
			return text;
		}
		StringBuilder decoded = new StringBuilder(text.length());
		int copied = 0;
		boolean afterWord = false;
		while (start >= 0) {
			int end = end(text, start);
			String word = (end > 0) ? decodeWord(text.substring(start + 2, end - 2)) : null;
			if (word == null) {
				start = text.indexOf("=?", start + 2);
				continue;
			}
			// §6.2: white space between two of them is not part of the text.
			if (!afterWord || !text.substring(copied, start).isBlank()) {
				decoded.append(text, copied, start);
			}
			decoded.append(word);
			afterWord = true;
			copied = end;
			start = text.indexOf("=?", end);
		}
		return decoded.append(text, copied, text.length()).toString();
	}

	// "=?" charset "?" encoding "?" encoded-text "?=": the encoded text may start with
	// "=", and then looks like an end.
	private static int end(String text, int start) {
		int encoding = text.indexOf('?', start + 2);
		int content = (encoding < 0) ? -1 : text.indexOf('?', encoding + 1);
		int end = (content < 0) ? -1 : text.indexOf("?=", content + 1);
		return (end < 0) ? -1 : end + 2;
	}

	private static @Nullable String decodeWord(String word) {
		int encoding = word.indexOf('?');
		int content = word.indexOf('?', encoding + 1);
		String name = word.substring(0, encoding);
		// RFC 2231 §5: a language may follow the charset.
		int language = name.indexOf('*');
		Charset charset = RequestHeadView.charset((language < 0) ? name : name.substring(0, language));
		if (charset == null || content != encoding + 2) {
			return null;
		}
		String encoded = word.substring(content + 1);
		byte[] octets = switch (word.charAt(encoding + 1)) {
			case 'B', 'b' -> base64(encoded);
			case 'Q', 'q' -> quoted(encoded);
			default -> null;
		};
		return (octets != null) ? new String(octets, charset) : null;
	}

	private static byte @Nullable [] base64(String encoded) {
		try {
			return Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.ISO_8859_1));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	// §4.2
	private static byte @Nullable [] quoted(String encoded) {
		ByteArrayOutputStream octets = new ByteArrayOutputStream(encoded.length());
		int i = 0;
		while (i < encoded.length()) {
			char c = encoded.charAt(i);
			if (c == '=') {
				int high = (i + 2 < encoded.length()) ? PercentCoding.digit(encoded.charAt(i + 1)) : -1;
				int low = (high >= 0) ? PercentCoding.digit(encoded.charAt(i + 2)) : -1;
				if (low < 0) {
					return null;
				}
				octets.write((high << 4) + low);
				i += 3;
			}
			else if (c > 0x7E) {
				return null;
			}
			else {
				octets.write((c == '_') ? ' ' : c);
				i++;
			}
		}
		return octets.toByteArray();
	}

}
