package io.millrace.accesslog;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes queries without what is nobody's business: all of them, or the values of some
 * parameters. However their names are written: {@code t%6Fken} is {@code token}. A
 * fragment is as good as a query: some have their tokens there.
 */
public final class QueryMask {

	/** Masks nothing. */
	public static final QueryMask NONE = of(Set.of());

	/** What is written instead of a value. */
	static final String MASKED = "***";

	private static final String ALL = "*";

	private final boolean all;

	private final Set<String> names;

	private QueryMask(boolean all, Set<String> names) {
		this.all = all;
		this.names = names;
	}

	/**
	 * Create a mask.
	 * @param names the names of the parameters in any case, {@code *} for all queries as
	 * a whole
	 * @return the mask
	 */
	public static QueryMask of(Collection<String> names) {
		Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		known.addAll(names);
		return new QueryMask(known.contains(ALL), known);
	}

	/**
	 * Append a URL, or the target of a request.
	 * @param line where to
	 * @param url the URL
	 * @param escape how
	 */
	void appendUrl(Line line, String url, Escape escape) {
		int query = Target.pathEnd(url);
		escape.append(line, url, 0, query);
		if (query < url.length()) {
			line.append(url.charAt(query));
			append(line, url, query + 1, escape);
		}
	}

	/**
	 * Append a query.
	 * @param line where to
	 * @param text holds the query
	 * @param from where it begins, behind the question mark or number sign
	 * @param escape how
	 */
	void append(Line line, String text, int from, Escape escape) {
		if (this.names.isEmpty()) {
			escape.append(line, text, from, text.length());
		}
		else if (this.all) {
			line.append(MASKED);
		}
		else {
			appendParameters(line, text, from, escape);
		}
	}

	private void appendParameters(Line line, String text, int from, Escape escape) {
		int start = from;
		while (start <= text.length()) {
			int end = end(text, start);
			appendParameter(line, text, start, end, escape);
			if (end == text.length()) {
				return;
			}
			line.append(text.charAt(end));
			start = end + 1;
		}
	}

	private static int end(String text, int start) {
		int end = start;
		while (end < text.length() && text.charAt(end) != '&' && text.charAt(end) != '#') {
			end++;
		}
		return end;
	}

	private void appendParameter(Line line, String text, int from, int to, Escape escape) {
		int equals = text.indexOf('=', from);
		if (equals >= 0 && equals < to
				&& this.names.contains(name(text.substring(start(text, from, equals), equals)))) {
			escape.append(line, text, from, equals + 1);
			line.append(MASKED);
		}
		else {
			escape.append(line, text, from, to);
		}
	}

	// A fragment may be a path with a query of its own.
	private static int start(String text, int from, int equals) {
		return Math.max(from, text.lastIndexOf('?', equals) + 1);
	}

	private static String name(String raw) {
		if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
			return raw;
		}
		try {
			return URLDecoder.decode(raw, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// Half an escape: nobody reads a name there.
			return raw.toLowerCase(Locale.ROOT);
		}
	}

}
