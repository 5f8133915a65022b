package io.millrace.core.http2;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

import io.millrace.core.connection.FieldSink;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;

/**
 * A field section that is about to be encoded: names and values in turn, which the
 * encoder of HPACK goes through once.
 */
final class EncodedFields extends DefaultHttp2Headers implements FieldSink {

	// Names and values in turn; the status first, where there is one.
	private AsciiString[] fields = new AsciiString[32];

	private int count;

	EncodedFields() {
		super(false, 2);
	}

	/**
	 * Begin a field section.
	 * @return this
	 */
	EncodedFields begin() {
		Arrays.fill(this.fields, 0, this.count, null);
		this.count = 0;
		return this;
	}

	@Override
	public void add(AsciiString name, AsciiString value) {
		if (this.count == this.fields.length) {
			this.fields = Arrays.copyOf(this.fields, 2 * this.count);
		}
		this.fields[this.count] = name;
		this.fields[this.count + 1] = value;
		this.count += 2;
	}

	@Override
	public CharSequence status() {
		return this.fields[1];
	}

	@Override
	public int size() {
		return this.count / 2;
	}

	@Override
	public boolean isEmpty() {
		return this.count == 0;
	}

	@Override
	public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
		return new Cursor();
	}

	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

	/** Is the entry that it has come to. */
	private final class Cursor
			implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {

		private int at = -2;

		@Override
		public boolean hasNext() {
			return this.at + 2 < EncodedFields.this.count;
		}

		@Override
		public Map.Entry<CharSequence, CharSequence> next() {
			if (!hasNext()) {
				throw new NoSuchElementException();
			}
			this.at += 2;
			return this;
		}

		@Override
		public CharSequence getKey() {
			return EncodedFields.this.fields[this.at];
		}

		@Override
		public CharSequence getValue() {
			return EncodedFields.this.fields[this.at + 1];
		}

		@Override
		public CharSequence setValue(CharSequence value) {
			throw new UnsupportedOperationException();
		}

	}

}
