package io.millrace.core.connection;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a header as they came, in their order. Immutable, so that the requests of
 * a connection that repeat the same header, as most clients do, can share one. A header
 * is short, so looking through it is as fast as hashing.
 */
public final class ReceivedFields extends HttpHeaders {

	/** No fields. */
	public static final ReceivedFields NONE = new ReceivedFields(new CharSequence[0]);

	// Names, which are AsciiStrings, and values, which are Strings, in turn.
	private final CharSequence[] fields;

	/**
	 * Take fields.
	 * @param fields name, value, name, value...; not changed any more
	 */
	private ReceivedFields(CharSequence[] fields) {
		this.fields = fields;
	}

	/**
	 * Take fields.
	 * @param fields name, value, name, value..., copied
	 * @param count how many names and values
	 * @return the fields
	 */
	public static ReceivedFields of(CharSequence[] fields, int count) {
		return new ReceivedFields(Arrays.copyOf(fields, count));
	}

	/**
	 * A name or value as it stands.
	 * @param index even for a name, odd for a value
	 * @return {@code null} behind the last one
	 */
	public @Nullable CharSequence at(int index) {
		return (index < this.fields.length) ? this.fields[index] : null;
	}

	/**
	 * The number of names and values.
	 * @return twice the number of fields
	 */
	public int length() {
		return this.fields.length;
	}

	/**
	 * Look for a value.
	 * @param name the name of the field, in any case
	 * @param from the index to start at
	 * @return the index of the value, negative where there is none
	 */
	public int find(CharSequence name, int from) {
		int length = name.length();
		for (int i = from & ~1; i < this.fields.length; i += 2) {
			AsciiString own = (AsciiString) this.fields[i];
			if (own == name || (own.length() == length && own.contentEqualsIgnoreCase(name))) {
				return i + 1;
			}
		}
		return -1;
	}

	@Override
	public @Nullable String get(CharSequence name) {
		int at = find(name, 0);
		return (at >= 0) ? (String) this.fields[at] : null;
	}

	@Override
	public @Nullable String get(String name) {
		return get((CharSequence) name);
	}

	@Override
	public @Nullable Integer getInt(CharSequence name) {
		try {
			String value = get(name);
			return (value != null) ? Integer.valueOf(value) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	@Override
	public int getInt(CharSequence name, int otherwise) {
		Integer value = getInt(name);
		return (value != null) ? value : otherwise;
	}

	@Override
	public @Nullable Short getShort(CharSequence name) {
		try {
			String value = get(name);
			return (value != null) ? Short.valueOf(value) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	@Override
	public short getShort(CharSequence name, short otherwise) {
		Short value = getShort(name);
		return (value != null) ? value : otherwise;
	}

	@Override
	public @Nullable Long getTimeMillis(CharSequence name) {
		String value = get(name);
		Date date = (value != null) ? DateFormatter.parseHttpDate(value) : null;
		return (date != null) ? Long.valueOf(date.getTime()) : null;
	}

	@Override
	public long getTimeMillis(CharSequence name, long otherwise) {
		Long value = getTimeMillis(name);
		return (value != null) ? value : otherwise;
	}

	@Override
	public List<String> getAll(CharSequence name) {
		int at = find(name, 0);
		if (at < 0) {
			return List.of();
		}
		int next = find(name, at + 1);
		if (next < 0) {
			return Collections.singletonList((String) this.fields[at]);
		}
		List<String> values = new ArrayList<>(4);
		values.add((String) this.fields[at]);
		while (next >= 0) {
			values.add((String) this.fields[next]);
			next = find(name, next + 1);
		}
		return values;
	}

	@Override
	public List<String> getAll(String name) {
		return getAll((CharSequence) name);
	}

	@Override
	public boolean contains(CharSequence name) {
		return find(name, 0) >= 0;
	}

	@Override
	public boolean contains(String name) {
		return find(name, 0) >= 0;
	}

	@Override
	public boolean isEmpty() {
		return this.fields.length == 0;
	}

	@Override
	public int size() {
		return this.fields.length / 2;
	}

	@Override
	public Set<String> names() {
		Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		Set<String> names = new LinkedHashSet<>();
		for (int i = 0; i < this.fields.length; i += 2) {
			String name = this.fields[i].toString();
			if (seen.add(name)) {
				names.add(name);
			}
		}
		return names;
	}

	@Override
	public List<Map.Entry<String, String>> entries() {
		List<Map.Entry<String, String>> entries = new ArrayList<>(size());
		for (int i = 0; i < this.fields.length; i += 2) {
			entries.add(new SimpleImmutableEntry<>(this.fields[i].toString(), (String) this.fields[i + 1]));
		}
		return entries;
	}

	@Override
	@SuppressWarnings("deprecation")
	public Iterator<Map.Entry<String, String>> iterator() {
		return Collections.unmodifiableList(entries()).iterator();
	}

	@Override
	public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
		List<Map.Entry<CharSequence, CharSequence>> entries = new ArrayList<>(size());
		for (int i = 0; i < this.fields.length; i += 2) {
			entries.add(new SimpleImmutableEntry<>(this.fields[i], this.fields[i + 1]));
		}
		return Collections.unmodifiableList(entries).iterator();
	}

	@Override
	public Iterator<String> valueStringIterator(CharSequence name) {
		int first = find(name, 0);
		return (first >= 0) ? new Values(name, first) : Collections.emptyIterator();
	}

	@Override
	public Iterator<? extends CharSequence> valueCharSequenceIterator(CharSequence name) {
		return valueStringIterator(name);
	}

	@Override
	public HttpHeaders copy() {
		return new DefaultHttpHeaders().set(this);
	}

	@Override
	public HttpHeaders add(String name, Object value) {
		throw immutable();
	}

	@Override
	public HttpHeaders add(String name, Iterable<?> values) {
		throw immutable();
	}

	@Override
	public HttpHeaders addInt(CharSequence name, int value) {
		throw immutable();
	}

	@Override
	public HttpHeaders addShort(CharSequence name, short value) {
		throw immutable();
	}

	@Override
	public HttpHeaders set(String name, Object value) {
		throw immutable();
	}

	@Override
	public HttpHeaders set(String name, Iterable<?> values) {
		throw immutable();
	}

	@Override
	public HttpHeaders setInt(CharSequence name, int value) {
		throw immutable();
	}

	@Override
	public HttpHeaders setShort(CharSequence name, short value) {
		throw immutable();
	}

	@Override
	public HttpHeaders remove(String name) {
		throw immutable();
	}

	@Override
	public HttpHeaders clear() {
		throw immutable();
	}

	private static UnsupportedOperationException immutable() {
		return new UnsupportedOperationException("What was received cannot be changed: copy() can");
	}

	/** The values of one name. */
	private final class Values implements Iterator<String> {

		private final CharSequence name;

		private int next;

		Values(CharSequence name, int first) {
			this.name = name;
			this.next = first;
		}

		@Override
		public boolean hasNext() {
			return this.next >= 0;
		}

		@Override
		public String next() {
			if (this.next < 0) {
				throw new NoSuchElementException();
			}
			String value = (String) ReceivedFields.this.fields[this.next];
			this.next = find(this.name, this.next + 1);
			return value;
		}

	}

}
