package io.millrace.servlet;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A range of the bytes of a file (RFC 9110 §14.1.2).
 *
 * @param first the first byte
 * @param last the last byte, inclusive; before the first one where the range has none of
 * the file's
 */
record ByteRange(long first, long last) {

	// 18 digits fit into a long; more are nobody's file.
	private static final Pattern SINGLE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})",
			Pattern.CASE_INSENSITIVE);

	/**
	 * Read a {@code Range} field.
	 * @param field the field
	 * @param length the length of the file
	 * @return the range, {@code null} where the field is to be ignored (§14.2): it is
	 * malformed, not about bytes, or asks for several ranges
	 */
	static @Nullable ByteRange of(String field, long length) {
		Matcher matcher = SINGLE.matcher(field.strip());
		if (!matcher.matches()) {
			return null;
		}
		String from = matcher.group(1);
		String to = matcher.group(2);
		if (from.isEmpty()) {
			return to.isEmpty() ? null : new ByteRange(Math.max(0, length - Long.parseLong(to)), length - 1);
		}
		long first = Long.parseLong(from);
		long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
		return (last < first) ? null : new ByteRange(first, Math.min(last, length - 1));
	}

	boolean isEmpty() {
		return this.last < this.first;
	}

	long size() {
		return this.last - this.first + 1;
	}

}
