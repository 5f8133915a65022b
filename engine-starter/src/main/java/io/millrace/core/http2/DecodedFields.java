package io.millrace.core.http2;

import java.util.List;

import io.millrace.core.connection.RequestFields;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Hands on what the decoder of HPACK finds. One for all field sections of a connection:
 * each is looked at before the next one is decoded.
 */
final class DecodedFields extends DefaultHttp2Headers {

	private final RequestFields fields;

	private int size;

	DecodedFields(RequestFields fields) {
		super(false, 2);
		this.fields = fields;
	}

	/**
	 * A field section begins.
	 * @return this
	 */
	Http2Headers begin() {
		this.size = 0;
		this.fields.begin();
		return this;
	}

	@Override
	public Http2Headers add(CharSequence name, CharSequence value) {
		this.size++;
		this.fields.add(name, value);
		return this;
	}

	@Override
	public int size() {
		return this.size;
	}

	// The codec would look for a Content-Length to check: we do.
	@Override
	public List<CharSequence> getAll(CharSequence name) {
		return List.of();
	}

	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
