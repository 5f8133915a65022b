package io.millrace.servlet;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Request attributes in an open-addressed table, linear probing. MVC asks for attributes
 * some fifty times a request; a list or a general map was a quarter of its cost.
 */
final class RequestAttributes {

	// Names at even, values at odd indexes; a power of two, at most half full.
	private @Nullable Object[] table = new @Nullable Object[64];

	private int size;

	@Nullable Object get(String name) {
		int at = find(this.table, name);
		return this.table[at + 1];
	}

	/**
	 * Set an attribute.
	 * @param name the name
	 * @param value the value
	 * @return the value before, {@code null} where there was none
	 */
	@Nullable Object put(String name, Object value) {
		int at = find(this.table, name);
		Object previous = this.table[at + 1];
		if (previous == null) {
			if (++this.size * 4 > this.table.length) {
				grow();
				at = find(this.table, name);
			}
			this.table[at] = name;
		}
		this.table[at + 1] = value;
		return previous;
	}

	/**
	 * Remove an attribute.
	 * @param name the name
	 * @return the value that it had, {@code null} where there was none
	 */
	@Nullable Object remove(String name) {
		@Nullable Object[] table = this.table;
		int gap = find(table, name);
		Object previous = table[gap + 1];
		if (previous == null) {
			return null;
		}
		this.size--;
		int mask = table.length - 1;
		int at = gap;
		// Close the gap, so that no probing sequence is cut.
		while (true) {
			at = (at + 2) & mask;
			Object moved = table[at];
			if (moved == null) {
				break;
			}
			int home = slot(moved, table.length);
			if (((at - home) & mask) >= ((at - gap) & mask)) {
				table[gap] = moved;
				table[gap + 1] = table[at + 1];
				gap = at;
			}
		}
		table[gap] = null;
		table[gap + 1] = null;
		return previous;
	}

	List<String> names() {
		List<String> names = new ArrayList<>(this.size);
		for (int i = 0; i < this.table.length; i += 2) {
			if (this.table[i] instanceof String name) {
				names.add(name);
			}
		}
		return names;
	}

	private void grow() {
		@Nullable Object[] old = this.table;
		@Nullable Object[] larger = new @Nullable Object[old.length * 2];
		for (int i = 0; i < old.length; i += 2) {
			if (old[i] instanceof String name) {
				int at = find(larger, name);
				larger[at] = name;
				larger[at + 1] = old[i + 1];
			}
		}
		this.table = larger;
	}

	private static int find(@Nullable Object[] table, String name) {
		int mask = table.length - 1;
		int at = slot(name, table.length);
		Object known;
		while ((known = table[at]) != null) {
			if (known == name || known.equals(name)) {
				return at;
			}
			at = (at + 2) & mask;
		}
		return at;
	}

	private static int slot(Object name, int length) {
		int hash = name.hashCode();
		hash ^= (hash >>> 16) ^ (hash >>> 8);
		return (hash << 1) & (length - 1);
	}

}
