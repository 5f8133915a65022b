package io.millrace.servlet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Reads Accept-Language (RFC 9110 §12.5.4).
 */
final class Locales {

	private static final int MOST = 32;

	private static final int WHOLE = 1000;

	private Locales() {
	}

	/**
	 * The locales that a client prefers.
	 * @param headerValues the values of the header
	 * @return the locales, the most wanted first, those of the same weight in the order
	 * of the client; the default locale where there is none
	 */
	static List<Locale> parse(List<String> headerValues) {
		List<Weighted> weighted = new ArrayList<>(4);
		for (String value : headerValues) {
			for (String range : value.split(",", MOST + 1)) {
				add(weighted, range);
			}
		}
		weighted.sort(Comparator.comparingInt((one) -> -one.weight));
		List<Locale> locales = new ArrayList<>(weighted.size());
		weighted.forEach((one) -> locales.add(one.locale));
		return locales.isEmpty() ? List.of(Locale.getDefault()) : locales;
	}

	private static void add(List<Weighted> weighted, String range) {
		int semicolon = range.indexOf(';');
		String tag = ((semicolon < 0) ? range : range.substring(0, semicolon)).trim();
		int weight = (semicolon < 0) ? WHOLE : weight(range.substring(semicolon + 1).trim());
		if (weight <= 0 || tag.isEmpty() || tag.equals("*") || weighted.size() == MOST) {
			return;
		}
		Locale locale = Locale.forLanguageTag(tag);
		if (!locale.getLanguage().isEmpty()) {
			weighted.add(new Weighted(locale, weight));
		}
	}

	// RFC 9110 §12.4.2: "0" or "1" with up to three digits behind a point; in
	// thousandths,
	// 0 where it is something else.
	private static int weight(String parameter) {
		int length = parameter.length();
		if (length < 3 || length > 7 || !parameter.regionMatches(true, 0, "q=", 0, 2)
				|| (length > 3 && parameter.charAt(3) != '.')) {
			return 0;
		}
		int weight = digit(parameter.charAt(2)) * WHOLE;
		int unit = WHOLE / 10;
		for (int i = 4; i < length; i++) {
			weight += digit(parameter.charAt(i)) * unit;
			unit /= 10;
		}
		return (weight <= WHOLE) ? weight : 0;
	}

	// What is no digit makes the weight too large.
	private static int digit(char c) {
		return (c >= '0' && c <= '9') ? c - '0' : WHOLE * WHOLE;
	}

	private record Weighted(Locale locale, int weight) {

	}

}
