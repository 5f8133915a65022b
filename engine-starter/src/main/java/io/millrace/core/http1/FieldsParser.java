package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.millrace.core.connection.ReceivedFields;
import io.millrace.core.connection.Syntax;
import io.millrace.core.http.ProtocolException;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Parses field lines (RFC 9112 §5), of a header or of trailers. What is the same as in
 * the header before is taken from there, and where all is the same, all of it.
 */
final class FieldsParser {

	private static final byte CR = '\r';

	private static final byte LF = '\n';

	// Longer values are made anew faster than they are compared.
	private static final int COMPARED = 256;

	// Names and values of the header that is being parsed; null between headers.
	private static final FastThreadLocal<CharSequence[]> found = new FastThreadLocal<>() {

		@Override
		protected CharSequence[] initialValue() {
			return new CharSequence[64];
		}

	};

	private FieldsParser() {
	}

	/**
	 * Parse field lines.
	 * @param bytes whole lines, each ending in CRLF
	 * @param start where the first line starts
	 * @param end where the last one ends
	 * @param maxCount how many fields are allowed
	 * @param before fields that may be the same
	 * @return the fields
	 * @throws ProtocolException where one is malformed, or there are too many
	 */
	static ReceivedFields parse(byte[] bytes, int start, int end, int maxCount, ReceivedFields before)
			throws ProtocolException {
		CharSequence[] fields = found.get();
		int count = 0;
		boolean same = true;
		int at = start;
		while (at < end) {
			if (count == 2 * maxCount) {
				throw tooMany(maxCount);
			}
			int nameEnd = Syntax.tokenEnd(bytes, at, end);
			if (nameEnd == at || bytes[nameEnd] != ':') {
				throw ProtocolException.badRequest("A header field is not a name, a colon and a value");
			}
			int lineEnd = Syntax.valueEnd(bytes, nameEnd + 1, end);
			if (bytes[lineEnd] != CR || bytes[lineEnd + 1] != LF) {
				throw ProtocolException.badRequest("A header value has a control character");
			}
			if (count == fields.length) {
				fields = Arrays.copyOf(fields, 2 * count);
				found.set(fields);
			}
			CharSequence name = name(bytes, at, nameEnd, before.at(count));
			CharSequence value = value(bytes, nameEnd + 1, lineEnd, before.at(count + 1));
			same = same && name == before.at(count) && value == before.at(count + 1);
			fields[count] = name;
			fields[count + 1] = value;
			count += 2;
			at = lineEnd + 2;
		}
		ReceivedFields result = (same && count == before.length()) ? before : ReceivedFields.of(fields, count);
		Arrays.fill(fields, 0, count, null);
		return result;
	}

	static ProtocolException tooMany(int maxCount) {
		return new ProtocolException(ProtocolException.Kind.LIMIT, 431,
				"There are more than " + maxCount + " header fields");
	}

	private static CharSequence name(byte[] bytes, int start, int end, @Nullable CharSequence before) {
		if (before instanceof AsciiString same && Arrays.equals(same.array(), same.arrayOffset(),
				same.arrayOffset() + same.length(), bytes, start, end)) {
			return same;
		}
		return KnownNames.field(bytes, start, end);
	}

	private static CharSequence value(byte[] bytes, int start, int end, @Nullable CharSequence before) {
		int from = start;
		int to = end;
		while (from < to && isBlank(bytes[from])) {
			from++;
		}
		while (to > from && isBlank(bytes[to - 1])) {
			to--;
		}
		return text(bytes, from, to, (String) before);
	}

	/**
	 * Make a text.
	 * @param bytes where it stands, every octet one character
	 * @param start where it starts
	 * @param end where it ends
	 * @param before a text that may be the same, and then is returned
	 * @return the text
	 */
	static String text(byte[] bytes, int start, int end, @Nullable String before) {
		boolean same = before != null && before.length() == end - start && end - start <= COMPARED
				&& equal(before, bytes, start);
		return (same && before != null) ? before : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	private static boolean isBlank(byte b) {
		return b == ' ' || b == '\t';
	}

	private static boolean equal(String text, byte[] bytes, int start) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) != (bytes[start + i] & 0xFF)) {
				return false;
			}
		}
		return true;
	}

}
