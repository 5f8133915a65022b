package io.millrace.servlet;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The head of a response as the application sees it (Servlet 6.1 §5.2, §5.5): a view on
 * that of the exchange. What is said too late is ignored, as the specification asks.
 */
abstract class ResponseHeadView implements HttpServletResponse {

	private static final Logger logger = LoggerFactory.getLogger(ResponseHeadView.class);

	private final ServletRuntime runtime;

	private final Exchange exchange;

	private final ResponseHead head;

	private final ResponseContentType contentType;

	// What the application said; whether it can be sent shows when it is.
	private int status = SC_OK;

	private @Nullable Supplier<Map<String, String>> trailers;

	private @Nullable String sessionCookie;

	ResponseHeadView(ServletRuntime runtime, Exchange exchange) {
		this.runtime = runtime;
		this.exchange = exchange;
		this.head = exchange.response();
		this.contentType = new ResponseContentType(runtime);
	}

	/**
	 * Whether nothing can change the head any more, or not now.
	 * @return {@code true} after the commit and within an include (§9.3)
	 */
	abstract boolean isHeadFixed();

	/**
	 * The application has said how long the body is.
	 * @param length the number of bytes, -1 for unknown
	 */
	abstract void declareLength(long length);

	final ResponseContentType contentType() {
		return this.contentType;
	}

	/** The first part is about to be sent: complete the head. */
	void prepareHead() {
		this.head.status(finalStatus());
		String type = this.contentType.header();
		if (type != null) {
			put(HeaderNames.CONTENT_TYPE, type);
		}
		if (hasTrailers()) {
			// RFC 9112 §7.1.2: they come behind a chunked body only.
			this.head.headers().remove(HeaderNames.CONTENT_LENGTH);
		}
	}

	private int finalStatus() {
		if (this.status >= SC_OK && this.status <= 999) {
			return this.status;
		}
		// A 101 is the container's to send, and only for an upgrade.
		logger.warn("{} is not the status of a final response: {} is sent", this.status, SC_INTERNAL_SERVER_ERROR);
		return SC_INTERNAL_SERVER_ERROR;
	}

	/** Forget everything. */
	final void resetHead() {
		this.head.reset();
		this.status = SC_OK;
		this.contentType.reset();
		this.trailers = null;
		this.sessionCookie = null;
		declareLength(-1);
	}

	/**
	 * The body will be another one, with another status.
	 * @param status the status
	 */
	final void forgetBody(int status) {
		this.status = status;
		this.contentType.writerGone();
		this.head.headers().remove(HeaderNames.CONTENT_LENGTH);
		declareLength(-1);
	}

	@Override
	public void setStatus(int status) {
		if (!isHeadFixed()) {
			this.status = status;
		}
	}

	@Override
	public int getStatus() {
		return this.status;
	}

	@Override
	public void setHeader(@Nullable String name, @Nullable String value) {
		if (isHeadFixed() || name == null || name.isEmpty()) {
			return;
		}
		if (value == null) {
			removeHeader(name);
		}
		else if (!setSpecial(name, value)) {
			put(name, value);
		}
	}

	private void put(CharSequence name, String value) {
		try {
			this.head.headers().set(name, value);
		}
		catch (IllegalArgumentException ex) {
			this.head.headers().set(name, fieldValue(value));
		}
	}

	// What cannot be part of a field becomes a space, as with Tomcat; RFC 9110 §5.5
	// recommends it for CR, LF and NUL.
	private static String fieldValue(String value) {
		StringBuilder text = new StringBuilder(value);
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < 0x20 && c != '\t' || c == 0x7F) {
				text.setCharAt(i, ' ');
			}
		}
		return text.toString().strip();
	}

	private void removeHeader(String name) {
		if (isContentType(name)) {
			this.contentType.set(null);
		}
		else if (isContentLength(name)) {
			declareLength(-1);
		}
		this.head.headers().remove(name);
	}

	@Override
	public void addHeader(@Nullable String name, @Nullable String value) {
		if (isHeadFixed() || name == null || name.isEmpty() || value == null || setSpecial(name, value)) {
			return;
		}
		try {
			this.head.headers().add(name, value);
		}
		catch (IllegalArgumentException ex) {
			this.head.headers().add(name, fieldValue(value));
		}
	}

	// Two fields are known elsewhere too, whichever way they were set.
	private boolean setSpecial(String name, String value) {
		if (isContentType(name)) {
			setContentType(value);
			return true;
		}
		if (isContentLength(name)) {
			// What is no length is none: it would only mislead the client.
			setContentLengthLong(BodyFraming.parseLength(value.strip()));
			return true;
		}
		return false;
	}

	private static boolean isContentType(String name) {
		return name.length() == 12 && name.equalsIgnoreCase("Content-Type");
	}

	private static boolean isContentLength(String name) {
		return name.length() == 14 && name.equalsIgnoreCase("Content-Length");
	}

	@Override
	public void setDateHeader(String name, long date) {
		setHeader(name, HttpDates.format(date));
	}

	@Override
	public void addDateHeader(String name, long date) {
		addHeader(name, HttpDates.format(date));
	}

	@Override
	public void setIntHeader(String name, int value) {
		setHeader(name, Integer.toString(value));
	}

	@Override
	public void addIntHeader(String name, int value) {
		addHeader(name, Integer.toString(value));
	}

	@Override
	public boolean containsHeader(@Nullable String name) {
		return getHeader(name) != null;
	}

	@Override
	public @Nullable String getHeader(@Nullable String name) {
		if (name == null) {
			return null;
		}
		return isContentType(name) ? getContentType() : this.head.headers().get(name);
	}

	// Both collections are the caller's: what it does to them does not come back here.
	@Override
	public Collection<String> getHeaders(@Nullable String name) {
		String first = getHeader(name);
		if (first == null || name == null) {
			return new ArrayList<>(0);
		}
		return isContentType(name) ? new ArrayList<>(List.of(first))
				: new ArrayList<>(this.head.headers().getAll(name));
	}

	@Override
	public Collection<String> getHeaderNames() {
		Collection<String> names = new LinkedHashSet<>(this.head.headers().names());
		if (getContentType() != null && !this.head.headers().contains(HeaderNames.CONTENT_TYPE)) {
			names.add("Content-Type");
		}
		return names;
	}

	@Override
	public void addCookie(Cookie cookie) {
		if (!isHeadFixed()) {
			this.head.headers().add(HeaderNames.SET_COOKIE, encode(cookie));
		}
	}

	private String encode(Cookie cookie) {
		return Cookies.encode(cookie, this.runtime.options().cookieSameSite().apply(cookie));
	}

	/**
	 * Send the session cookie, in place of one that was set before.
	 * @param cookie the cookie
	 */
	final void setSessionCookie(Cookie cookie) {
		HttpHeaders headers = this.head.headers();
		String before = this.sessionCookie;
		String value = encode(cookie);
		if (before != null) {
			List<String> others = headers.getAll(HeaderNames.SET_COOKIE);
			headers.remove(HeaderNames.SET_COOKIE);
			others.stream()
				.filter((other) -> !other.equals(before))
				.forEach((other) -> headers.add(HeaderNames.SET_COOKIE, other));
		}
		headers.add(HeaderNames.SET_COOKIE, value);
		this.sessionCookie = value;
	}

	@Override
	public String getCharacterEncoding() {
		return this.contentType.charset();
	}

	@Override
	public void setCharacterEncoding(@Nullable String encoding) {
		if (!isHeadFixed()) {
			this.contentType.charset(encoding);
		}
	}

	@Override
	public void setCharacterEncoding(@Nullable Charset encoding) {
		setCharacterEncoding((encoding != null) ? encoding.name() : null);
	}

	@Override
	public @Nullable String getContentType() {
		return this.contentType.header();
	}

	@Override
	public void setContentType(@Nullable String type) {
		if (!isHeadFixed()) {
			this.contentType.set(type);
		}
	}

	@Override
	public Locale getLocale() {
		return this.contentType.locale();
	}

	@Override
	public void setLocale(@Nullable Locale locale) {
		if (isHeadFixed()) {
			return;
		}
		this.contentType.locale(locale);
		if (locale == null) {
			this.head.headers().remove(HeaderNames.CONTENT_LANGUAGE);
		}
		else {
			this.head.headers().set(HeaderNames.CONTENT_LANGUAGE, locale.toLanguageTag());
		}
	}

	@Override
	public void setContentLength(int length) {
		setContentLengthLong(length);
	}

	@Override
	public void setContentLengthLong(long length) {
		if (isHeadFixed()) {
			return;
		}
		if (length < 0) {
			this.head.headers().remove(HeaderNames.CONTENT_LENGTH);
		}
		else {
			this.head.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(length));
		}
		declareLength(Math.max(-1, length));
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		if (isCommitted()) {
			throw new IllegalStateException("Trailer fields cannot be set after the response has been committed");
		}
		if (this.exchange.request().version() == ProtocolVersion.HTTP_1_0) {
			throw new IllegalStateException("HTTP/1.0 has no trailer fields");
		}
		this.trailers = supplier;
	}

	@Override
	public @Nullable Supplier<Map<String, String>> getTrailerFields() {
		return this.trailers;
	}

	final boolean hasTrailers() {
		return this.trailers != null;
	}

	/** The body is whole: ask for what follows it. */
	final void prepareTrailers() {
		Supplier<Map<String, String>> supplier = this.trailers;
		Map<String, String> fields = (supplier != null) ? supplier.get() : null;
		if (fields != null) {
			HttpHeaders headers = new DefaultHttpHeaders();
			fields.forEach((name, value) -> {
				if (value != null) {
					headers.set(name, fieldValue(value));
				}
			});
			this.head.trailers(headers);
		}
	}

}
