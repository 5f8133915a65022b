package io.millrace.servlet;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Request attributes in an open-addressed table, linear probing. MVC asks for attributes
 * some fifty times a request; a list or a general map was a quarter of its cost.
 */
final class RequestAttributes {

	// Spring MVC with its filters has about 20 attributes.
	private static final int INITIAL_SIZE = 32;

	// Same length, a power of two; at most three quarters full.
	private @Nullable String[] names = new @Nullable String[INITIAL_SIZE];

	private @Nullable Object[] values = new @Nullable Object[INITIAL_SIZE];

	private int size;

	@Nullable Object get(String name) {
		return this.values[find(this.names, name)];
	}

	/**
	 * Set an attribute.
	 * @param name the name
	 * @param value the value
	 * @return the value before, {@code null} where there was none
	 */
	@Nullable Object put(String name, Object value) {
		int at = find(this.names, name);
		Object previous = this.values[at];
		if (previous == null) {
			if (++this.size * 4 > this.names.length * 3) {
				grow();
				at = find(this.names, name);
			}
			this.names[at] = name;
		}
		this.values[at] = value;
		return previous;
	}

	/**
	 * Remove an attribute.
	 * @param name the name
	 * @return the value that it had, {@code null} where there was none
	 */
	@Nullable Object remove(String name) {
		@Nullable String[] names = this.names;
		int gap = find(names, name);
		Object previous = this.values[gap];
		if (previous == null) {
			return null;
		}
		this.size--;
		int mask = names.length - 1;
		int at = (gap + 1) & mask;
		String moved;
		// Close the gap, so that no probing sequence is cut.
		while ((moved = names[at]) != null) {
			if (((at - slot(moved.hashCode(), mask)) & mask) >= ((at - gap) & mask)) {
				names[gap] = moved;
				this.values[gap] = this.values[at];
				gap = at;
			}
			at = (at + 1) & mask;
		}
		names[gap] = null;
		this.values[gap] = null;
		return previous;
	}

	/**
	 * The names of all attributes.
	 * @return a list of the caller's own
	 */
	List<String> names() {
		List<String> found = new ArrayList<>(this.size);
		for (String name : this.names) {
			if (name != null) {
				found.add(name);
			}
		}
		return found;
	}

	private void grow() {
		@Nullable String[] oldNames = this.names;
		@Nullable Object[] oldValues = this.values;
		@Nullable String[] newNames = new @Nullable String[oldNames.length * 2];
		@Nullable Object[] newValues = new @Nullable Object[oldNames.length * 2];
		for (int i = 0; i < oldNames.length; i++) {
			String name = oldNames[i];
			if (name != null) {
				int at = find(newNames, name);
				newNames[at] = name;
				newValues[at] = oldValues[i];
			}
		}
		this.names = newNames;
		this.values = newValues;
	}

	private static int find(@Nullable String[] names, String name) {
		int mask = names.length - 1;
		int hash = name.hashCode();
		int at = slot(hash, mask);
		String known;
		while ((known = names[at]) != null) {
			// A String keeps its hash, and most that differ, differ in that.
			if (known.hashCode() == hash && known.equals(name)) {
				return at;
			}
			at = (at + 1) & mask;
		}
		return at;
	}

	private static int slot(int hash, int mask) {
		return (hash ^ (hash >>> 16) ^ (hash >>> 8)) & mask;
	}

}
