package io.millrace.core.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * What has come on one stream so far.
 */
public final class Answer {

	private final int stream;

	private final List<Integer> informational = new ArrayList<>();

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private @Nullable Http2Headers head;

	private @Nullable Http2Headers trailers;

	private boolean ended;

	@Nullable Http2Error reset;

	Answer(int stream) {
		this.stream = stream;
	}

	void head(Http2Headers headers, boolean end) {
		this.ended |= end;
		if (this.head != null) {
			this.trailers = headers;
		}
		else if (headers.status() != null && headers.status().charAt(0) == '1') {
			this.informational.add(Integer.parseInt(headers.status().toString()));
		}
		else {
			this.head = headers;
		}
	}

	void body(Frame frame) {
		// The server has no reason to pad.
		if (frame.has(Frame.PADDED) || this.head == null || isOver()) {
			throw new IllegalStateException(frame + " after " + this);
		}
		this.body.writeBytes(frame.payload());
		this.ended = frame.endsStream();
	}

	/** The status, 0 where none has come yet. */
	public int status() {
		return (this.head != null) ? Integer.parseInt(this.head.status().toString()) : 0;
	}

	/** The informational responses that came before. */
	public List<Integer> informational() {
		return this.informational;
	}

	public @Nullable String header(String name) {
		return value(this.head, name);
	}

	public @Nullable String trailer(String name) {
		return value(this.trailers, name);
	}

	private static @Nullable String value(@Nullable Http2Headers headers, String name) {
		CharSequence value = (headers != null) ? headers.get(name.toLowerCase(Locale.ROOT)) : null;
		return (value != null) ? value.toString() : null;
	}

	public @Nullable Http2Headers head() {
		return this.head;
	}

	public String body() {
		return this.body.toString(StandardCharsets.UTF_8);
	}

	public byte[] bytes() {
		return this.body.toByteArray();
	}

	public int length() {
		return this.body.size();
	}

	/** Whether the server has ended its side by itself. */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * The code that the server has reset the stream with, {@code null} where it has not.
	 */
	public @Nullable Http2Error reset() {
		return this.reset;
	}

	void assertNotEnded() {
		if (isOver()) {
			throw new AssertionError(this);
		}
	}

	boolean isOver() {
		return this.ended || this.reset != null;
	}

	@Override
	public String toString() {
		return "stream " + this.stream + ": " + this.head + ", " + this.body.size() + " bytes, trailers "
				+ this.trailers + (this.ended ? ", ended" : "") + ((this.reset != null) ? ", reset " + this.reset : "");
	}

}
