package io.millrace.core.http2;

import io.millrace.core.connection.RequestFields;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Decodes field sections into the {@link RequestFields} of a connection, which check them
 * better than the codec does.
 */
final class FieldsDecoder extends DefaultHttp2HeadersDecoder {

	private final DecodedFields decoded;

	FieldsDecoder(RequestFields fields, int maxSize) {
		super(false, maxSize);
		this.decoded = new DecodedFields(fields);
	}

	@Override
	protected Http2Headers newHeaders() {
		return this.decoded.begin();
	}

}
