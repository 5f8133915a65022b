package io.millrace.core.observe;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts by kind. Which kinds there are is known beforehand. Any thread may count and
 * read.
 */
final class KindCounts {

	// Not changed after construction.
	private final Map<String, LongAdder> counts = new LinkedHashMap<>();

	KindCounts(Collection<String> kinds) {
		kinds.forEach((kind) -> this.counts.put(kind, new LongAdder()));
	}

	/**
	 * Count one.
	 * @param kind its kind
	 * @throws IllegalArgumentException where there is no such kind
	 */
	void count(String kind) {
		LongAdder count = this.counts.get(kind);
		if (count == null) {
			throw new IllegalArgumentException("Nothing of the kind '" + kind + "' is counted, of " + this.counts);
		}
		count.increment();
	}

	/**
	 * Read all.
	 * @return the counts of all kinds, also those that are zero
	 */
	Map<String, Long> read() {
		Map<String, Long> read = new LinkedHashMap<>();
		this.counts.forEach((kind, count) -> read.put(kind, count.sum()));
		return Collections.unmodifiableMap(read);
	}

}
