package io.millrace.core.compression;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a client says of codings: RFC 9110 §12.5.3. Pure functions.
 */
public final class AcceptEncoding {

	/** Weights are thousandths; this one stands for no word on a coding. */
	private static final int UNSAID = -1;

	private static final int FULL = 1000;

	private static final String IDENTITY = "identity";

	private AcceptEncoding() {
	}

	/**
	 * Choose the coding of a response. Of those that the client weighs alike the server's
	 * preference decides, and what it does not name is not chosen; {@code identity} is
	 * chosen only where the client says that it likes it better.
	 * @param fields the values of {@code Accept-Encoding}
	 * @param preferred the codings that the server has, the best first
	 * @return the chosen one, {@code null} for none
	 */
	public static @Nullable CodingLevel choose(List<String> fields, List<CodingLevel> preferred) {
		CodingLevel best = null;
		int weight = 0;
		for (CodingLevel candidate : preferred) {
			int candidateWeight = weight(fields, candidate.coding().token());
			if (candidateWeight > weight) {
				best = candidate;
				weight = candidateWeight;
			}
		}
		return (best != null && named(fields, IDENTITY) <= weight) ? best : null;
	}

	/**
	 * Whether the client refuses a response as it is.
	 * @param fields the values of {@code Accept-Encoding}
	 * @return {@code true} for {@code identity;q=0}, and for {@code *;q=0} without a word
	 * on identity
	 */
	public static boolean refusesIdentity(List<String> fields) {
		return weight(fields, IDENTITY) == 0;
	}

	private static int weight(List<String> fields, String token) {
		int named = named(fields, token);
		return (named != UNSAID) ? named : named(fields, "*");
	}

	// Of several words on one coding the last counts.
	private static int named(List<String> fields, String token) {
		int weight = UNSAID;
		for (int i = 0; i < fields.size(); i++) {
			String field = fields.get(i);
			int start = 0;
			while (start <= field.length()) {
				int comma = field.indexOf(',', start);
				int end = (comma >= 0) ? comma : field.length();
				int semicolon = field.indexOf(';', start);
				int nameEnd = (semicolon >= 0 && semicolon < end) ? semicolon : end;
				if (isToken(field, start, nameEnd, token)) {
					weight = (nameEnd < end) ? quality(field.substring(nameEnd + 1, end)) : FULL;
				}
				start = end + 1;
			}
		}
		return weight;
	}

	private static boolean isToken(String field, int from, int to, String token) {
		int start = from;
		int end = to;
		while (start < end && isSpace(field.charAt(start))) {
			start++;
		}
		while (end > start && isSpace(field.charAt(end - 1))) {
			end--;
		}
		if (end - start == token.length()) {
			return field.regionMatches(true, start, token, 0, token.length());
		}
		// RFC 9110 §8.4.1.3
		return token.equals("gzip") && end - start == 6 && field.regionMatches(true, start, "x-gzip", 0, 6);
	}

	private static boolean isSpace(char c) {
		return c == ' ' || c == '\t';
	}

	/**
	 * The weight in a parameter (RFC 9110 §12.4.2).
	 * @param parameter what stands behind the semicolon
	 * @return thousandths; what is no weight counts as 0: nobody gets what it may not
	 * want
	 */
	private static int quality(String parameter) {
		String text = parameter.strip();
		if (text.length() < 3 || (text.charAt(0) | 0x20) != 'q' || text.charAt(1) != '=') {
			return 0;
		}
		char first = text.charAt(2);
		int digits = text.length() - 4;
		boolean wellFormed = (first == '0' || first == '1') && digits <= 3
				&& (text.length() == 3 || text.charAt(3) == '.');
		if (!wellFormed) {
			return 0;
		}
		int weight = first - '0';
		for (int i = 0; i < 3; i++) {
			char digit = (i < digits) ? text.charAt(4 + i) : '0';
			if (digit < '0' || digit > '9') {
				return 0;
			}
			weight = weight * 10 + (digit - '0');
		}
		return (weight <= FULL) ? weight : 0;
	}

}
