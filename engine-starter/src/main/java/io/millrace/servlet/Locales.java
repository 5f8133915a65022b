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
		weighted.sort(Comparator.comparingDouble((one) -> -one.weight));
		List<Locale> locales = new ArrayList<>(weighted.size());
		weighted.forEach((one) -> locales.add(one.locale));
		return locales.isEmpty() ? List.of(Locale.getDefault()) : locales;
	}

	private static void add(List<Weighted> weighted, String range) {
		int semicolon = range.indexOf(';');
		String tag = ((semicolon < 0) ? range : range.substring(0, semicolon)).trim();
		double weight = (semicolon < 0) ? 1 : weight(range.substring(semicolon + 1).trim());
		if (weight <= 0 || tag.isEmpty() || tag.equals("*") || weighted.size() == MOST) {
			return;
		}
		Locale locale = Locale.forLanguageTag(tag);
		if (!locale.getLanguage().isEmpty()) {
			weighted.add(new Weighted(locale, weight));
		}
	}

	private static double weight(String parameter) {
		if (!parameter.startsWith("q=") || parameter.length() > 7) {
			return 0;
		}
		try {
			return Double.parseDouble(parameter.substring(2));
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private record Weighted(Locale locale, double weight) {

	}

}
