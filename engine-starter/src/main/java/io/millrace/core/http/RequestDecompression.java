package io.millrace.core.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.ContentDecoder;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides which request bodies are decompressed (RFC 9110 §8.4). One coding: whoever
 * codes what is coded already has a bomb in mind, or a mistake. Immutable.
 */
public final class RequestDecompression {

	private static final String IDENTITY = "identity";

	// What they are filled with was checked when it came.
	private static final HttpHeadersFactory FIELDS = DefaultHttpHeadersFactory.headersFactory().withValidation(false);

	private final DecompressionOptions options;

	private final String accepted;

	private final OpenCodecs open = new OpenCodecs();

	/**
	 * Settle it.
	 * @param options how far bodies are decompressed
	 */
	public RequestDecompression(DecompressionOptions options) {
		this.options = options;
		this.accepted = Arrays.stream(ContentCoding.values())
			.filter(ContentCoding::isAvailable)
			.map(ContentCoding::token)
			.collect(Collectors.joining(", "));
	}

	/**
	 * The codings that can be read.
	 * @return the value of an {@code Accept-Encoding}
	 */
	String accepted() {
		return this.accepted;
	}

	/**
	 * Whether the body can be read. To be asked of the head that the application would
	 * see.
	 * @param request the head
	 * @return {@code false} where it has a coding still
	 */
	boolean accepts(RequestHead request) {
		return !request.framing().hasBody() || isPlain(request.headers());
	}

	private static boolean isPlain(HttpHeaders headers) {
		return !headers.contains(HttpHeaderNames.CONTENT_ENCODING) || headers.getAll(HttpHeaderNames.CONTENT_ENCODING)
			.stream()
			.allMatch((value) -> value.isBlank() || value.strip().equalsIgnoreCase(IDENTITY));
	}

	/**
	 * Decode a body, if it has a coding that is known.
	 * @param exchange whose body it is
	 * @param request the head as it came
	 * @param received the body as it comes
	 * @return the body for the application, {@code null} where it is the one that comes
	 */
	@Nullable DecodedBody decode(Exchange exchange, RequestHead request, ReceivedBody received) {
		if (!request.framing().hasBody()) {
			return null;
		}
		List<String> values = request.headers().getAll(HttpHeaderNames.CONTENT_ENCODING);
		ContentCoding coding = (values.size() == 1) ? ContentCoding.of(values.get(0).strip()) : null;
		return (coding != null && coding.isAvailable()) ? new DecodedBody(exchange, received, coding, this) : null;
	}

	DecompressionOptions options() {
		return this.options;
	}

	ContentDecoder open(ContentCoding coding) throws IOException {
		ContentDecoder opened = ContentDecoder.of(coding);
		this.open.tryOpen(1, Long.MAX_VALUE);
		return opened;
	}

	void close(ContentDecoder decoder) {
		try {
			decoder.close();
		}
		finally {
			this.open.closed(1);
		}
	}

	/**
	 * How many decoders were opened and are not closed.
	 * @return the number of decoders
	 */
	long held() {
		return this.open.held();
	}

	/**
	 * The head of a request whose body is decoded: of a length that nobody knows.
	 * @param request the head as it came
	 * @return the head for the application
	 */
	static RequestHead decoded(RequestHead request) {
		HttpHeaders headers = FIELDS.newHeaders()
			.add(request.headers())
			.remove(HttpHeaderNames.CONTENT_ENCODING)
			.remove(HttpHeaderNames.CONTENT_LENGTH);
		return new RequestHead(request.method(), request.target(), request.version(), headers, BodyFraming.CHUNKED);
	}

}
