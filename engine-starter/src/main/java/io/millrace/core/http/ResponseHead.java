package io.millrace.core.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response: mutable until the first write commits it, read by the event
 * loop afterwards. Owned by the thread that handles the request until then.
 */
public final class ResponseHead {

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final String[] STREAMING = { "text/event-stream", "application/x-ndjson",
			"multipart/x-mixed-replace" };

	// Validates names and values: a CR, LF or NUL of the application's is refused where
	// it is set, so that no response can be split.
	private final HttpHeaders headers = new DefaultHttpHeaders();

	private int status = 200;

	private @Nullable HttpHeaders trailers;

	/**
	 * The status code.
	 * @return 200 unless it was set
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Set the status code.
	 * @param status 200 to 999
	 * @throws IllegalArgumentException outside that range
	 */
	public void status(int status) {
		if (status < 200 || status > 999) {
			throw new IllegalArgumentException("Status " + status + " is not the status of a final response");
		}
		this.status = status;
	}

	/** The protocol is switched; any other status takes that back. */
	void switching() {
		this.status = SWITCHING_PROTOCOLS;
	}

	/**
	 * Whether another protocol follows this head.
	 * @return whether this is the answer to an upgrade
	 */
	public boolean isSwitching() {
		return this.status == SWITCHING_PROTOCOLS;
	}

	/**
	 * Whether the response may last for as long as its client likes, while the server
	 * waits for something to say.
	 * @return whether it is one of events or another protocol
	 */
	boolean isStream() {
		return isSwitching() || isStreaming(this.headers.get(HttpHeaderNames.CONTENT_TYPE));
	}

	private static boolean isStreaming(@Nullable String type) {
		if (type != null) {
			for (String streaming : STREAMING) {
				if (type.regionMatches(true, 0, streaming, 0, streaming.length())) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * The header fields. {@code Content-Length} is added by the engine where the response
	 * is one write, {@code Transfer-Encoding}, {@code Connection} and {@code Date} are
	 * the engine's.
	 * @return the fields, which refuse names and values that are not of RFC 9110 §5 with
	 * an {@link IllegalArgumentException}
	 */
	public HttpHeaders headers() {
		return this.headers;
	}

	/**
	 * The trailer fields (RFC 9110 §6.5).
	 * @return the fields or {@code null}
	 */
	public @Nullable HttpHeaders trailers() {
		return this.trailers;
	}

	/**
	 * Set the trailer fields; they are sent where the framing can carry them. To be set
	 * before the last write.
	 * @param trailers the fields
	 */
	public void trailers(@Nullable HttpHeaders trailers) {
		this.trailers = trailers;
	}

	/**
	 * Forget status, headers and trailers.
	 */
	public void reset() {
		this.status = 200;
		this.headers.clear();
		this.trailers = null;
	}

}
