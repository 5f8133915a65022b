package io.millrace.core.http;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

import io.millrace.core.compression.AcceptEncoding;
import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.ContentEncoder;
import io.millrace.core.compression.ContentEncoders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Decides which responses are compressed, and changes their heads: RFC 9110 §8.4, §12.5.3
 * and §12.5.5. Immutable; called by the thread that fixes the head.
 */
public final class ResponseCompression {

	/** The size of a body that nobody knows yet. */
	static final long UNKNOWN = -1;

	// They speak of the very bytes that are sent, or may be meant to.
	private static final List<String> DIGESTS = List.of("Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

	private static final String ACCEPT_ENCODING = "Accept-Encoding";

	private static final String WEAK = "W/";

	private final CompressionOptions options;

	private final boolean blocking;

	private final ContentEncoders encoders;

	private final OpenCodecs open = new OpenCodecs();

	private final long memoryLimit;

	/**
	 * Settle it.
	 * @param options which responses are compressed, and how
	 * @param blocking whether the threads of the application may take their time
	 */
	public ResponseCompression(CompressionOptions options, boolean blocking) {
		this.options = options;
		this.blocking = blocking;
		this.memoryLimit = options.memoryLimit();
		this.encoders = new ContentEncoders(options.codings()
			.stream()
			.filter((each) -> each.coding() == ContentCoding.GZIP)
			.mapToInt(CodingLevel::level)
			.findFirst()
			.orElse(0));
	}

	/**
	 * Whether a thread that is no event loop of the connection may compress as much as it
	 * likes at once.
	 * @return {@code false} where it may be an event loop all the same
	 */
	boolean isBlocking() {
		return this.blocking;
	}

	/**
	 * Open an encoder, if there is room for one more. A client that takes nothing holds
	 * its encoder for as long as it likes, and may have many streams.
	 * @param choice the coding and its level
	 * @param size how many bytes the body has, {@link #UNKNOWN} where nobody knows
	 * @param atOnce whether it is closed before the caller does anything else: then there
	 * is room
	 * @return the encoder, {@code null} where too many are open
	 * @throws IOException where the library fails
	 */
	@Nullable CodecHolder<ContentEncoder> open(CodingLevel choice, long size, boolean atOnce) throws IOException {
		long memory = choice.memory();
		if (!this.open.tryOpen(memory, atOnce ? Long.MAX_VALUE : this.memoryLimit)) {
			return null;
		}
		boolean done = false;
		try {
			CodecHolder<ContentEncoder> opened = new CodecHolder<>(this.encoders.create(choice, size), (encoder) -> {
				try {
					encoder.close();
				}
				finally {
					this.open.closed(memory);
				}
			});
			done = true;
			return opened;
		}
		finally {
			if (!done) {
				this.open.closed(memory);
			}
		}
	}

	/**
	 * What encoders hold that were opened and are not closed.
	 * @return the number of bytes, about
	 */
	long held() {
		return this.open.held();
	}

	/**
	 * Decide, and say in the head what the decision stands on.
	 * @param request the request
	 * @param response the response, changed only in its {@code Vary}
	 * @param size how many bytes the body has, {@link #UNKNOWN} where nobody knows
	 * @return the coding, {@code null} to leave the response as it is
	 */
	@Nullable CodingLevel choose(RequestHead request, ResponseHead response, long size) {
		HttpHeaders headers = response.headers();
		if (response.status() == 304) {
			describeNotModified(request, headers);
			return null;
		}
		if (size == 0 || !isEligible(response.status(), headers)) {
			return null;
		}
		List<String> accepted = request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING);
		boolean small = size >= 0 && size < this.options.minSize();
		if ((small && !AcceptEncoding.refusesIdentity(accepted)) || this.options.excluded().test(request)) {
			return null;
		}
		addVary(headers);
		return isExcludedAgent(request) ? null : AcceptEncoding.choose(accepted, this.options.codings());
	}

	private boolean isEligible(int status, HttpHeaders headers) {
		if (!BodyFraming.mayHaveBody(status) || status == 206
				|| !this.options.types().contain(headers.get(HttpHeaderNames.CONTENT_TYPE))) {
			return false;
		}
		return !headers.contains(HttpHeaderNames.CONTENT_ENCODING) && !headers.contains(HttpHeaderNames.CONTENT_RANGE)
		// RFC 9111 §5.2.2.6
				&& !containsToken(headers, HttpHeaderNames.CACHE_CONTROL, "no-transform")
				&& DIGESTS.stream().noneMatch(headers::contains);
	}

	// Of field values that may have parameters and spaces.
	private static boolean containsToken(HttpHeaders headers, CharSequence name, String token) {
		List<String> values = headers.getAll(name);
		for (int i = 0; i < values.size(); i++) {
			for (String each : values.get(i).split(",")) {
				if (each.strip().equalsIgnoreCase(token)) {
					return true;
				}
			}
		}
		return false;
	}

	private static void addVary(HttpHeaders headers) {
		if (!containsToken(headers, HttpHeaderNames.VARY, ACCEPT_ENCODING)
				&& !containsToken(headers, HttpHeaderNames.VARY, "*")) {
			headers.add(HttpHeaderNames.VARY, ACCEPT_ENCODING);
		}
	}

	private boolean isExcludedAgent(RequestHead request) {
		if (this.options.excludedAgents().isEmpty()) {
			return false;
		}
		String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
		if (agent != null) {
			for (Pattern excluded : this.options.excludedAgents()) {
				if (excluded.matcher(agent).find()) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Say that the body is coded. What is known of the bytes that the application has is
	 * not true of those that are sent.
	 * @param response the response
	 * @param choice how it is coded
	 */
	void describe(ResponseHead response, CodingLevel choice) {
		HttpHeaders headers = response.headers();
		headers.set(HttpHeaderNames.CONTENT_ENCODING, choice.coding().token());
		headers.remove(HttpHeaderNames.CONTENT_LENGTH);
		headers.remove(HttpHeaderNames.ACCEPT_RANGES);
		weaken(headers);
	}

	// RFC 9110 §8.8.3.3: the same representation in another coding is not the same bytes.
	private static void weaken(HttpHeaders headers) {
		String tag = headers.get(HttpHeaderNames.ETAG);
		if (tag != null && tag.startsWith("\"")) {
			headers.set(HttpHeaderNames.ETAG, WEAK + tag);
		}
	}

	// RFC 9111 §4.3.4: a cache finds what it has by the same tag, which was weakened when
	// it got it, or was weak. Where only the date was compared, or the tag is that of the
	// bytes as they are, nothing tells whether 200 would have been compressed: what a
	// cache has of Vary stays then (RFC 9111 §3.2).
	private void describeNotModified(RequestHead request, HttpHeaders headers) {
		String tag = headers.get(HttpHeaderNames.ETAG);
		if (tag != null && tag.startsWith("\"")
				&& request.headers()
					.getAll(HttpHeaderNames.IF_NONE_MATCH)
					.stream()
					.anyMatch((known) -> known.contains(WEAK + tag))) {
			weaken(headers);
			addVary(headers);
		}
		else if (tag != null && tag.startsWith(WEAK) && !this.options.excluded().test(request)) {
			addVary(headers);
		}
	}

}
