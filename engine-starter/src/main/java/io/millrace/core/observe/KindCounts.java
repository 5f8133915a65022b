package io.millrace.core.observe;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts by kind. Any thread may count and read.
 */
final class KindCounts {

	private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();

	/**
	 * Begin at zero.
	 * @param kinds all kinds
	 */
	KindCounts(Collection<String> kinds) {
		kinds.forEach((kind) -> this.counts.put(kind, new LongAdder()));
	}

	/**
	 * Count one.
	 * @param kind its kind; one that nobody has foreseen is counted nevertheless
	 */
	void count(String kind) {
		this.counts.computeIfAbsent(kind, (unforeseen) -> new LongAdder()).increment();
	}

	/**
	 * Read all.
	 * @return the counts of all kinds by their names, also those that are zero
	 */
	Map<String, Long> read() {
		SortedMap<String, Long> read = new TreeMap<>();
		this.counts.forEach((kind, count) -> read.put(kind, count.sum()));
		return Collections.unmodifiableSortedMap(read);
	}

}
