package io.millrace.accesslog;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is written as {@code ***}, or shortened, whatever the format.
 *
 * @param query what of queries, in targets and in the fields that have a URL for a value
 * @param headers the names of the fields, in any case, whose values are not written
 * @param clientAddress whether addresses are shortened to their network: 24 bits of IPv4,
 * 48 of IPv6
 */
public record Masks(QueryMask query, Set<String> headers, boolean clientAddress) {

	private static final Set<String> URLS = names(Set.of("Referer", "Location", "Content-Location"));

	/**
	 * Copy the names.
	 */
	public Masks {
		headers = names(headers);
	}

	/**
	 * Masks that hide nothing.
	 * @return the masks
	 */
	public static Masks none() {
		return new Masks(QueryMask.NONE, Set.of(), false);
	}

	/**
	 * Whether nothing of a field is written, wherever it is taken from.
	 * @param name the name of the field, in any case
	 * @return whether it is masked
	 */
	boolean hides(String name) {
		return this.headers.contains(name);
	}

	/**
	 * Append the value of a field.
	 * @param line where to
	 * @param name the name of the field
	 * @param value its value
	 * @param escape how
	 */
	void appendHeader(Line line, String name, String value, Escape escape) {
		if (hides(name)) {
			line.append(QueryMask.MASKED);
		}
		else if (URLS.contains(name)) {
			this.query.appendUrl(line, value, escape);
		}
		else {
			escape.append(line, value);
		}
	}

	private static Set<String> names(Collection<String> names) {
		Set<String> sorted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		sorted.addAll(names);
		return Collections.unmodifiableSet(sorted);
	}

}
