package io.millrace.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestBody;
import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * A response as the application sees it (Servlet 6.1 §5): a view on the head of the
 * exchange's response. For one thread at a time; never used for another exchange.
 */
final class ExchangeServletResponse implements HttpServletResponse {

	private final ServletRuntime runtime;

	private final ServletCycle cycle;

	private final Exchange exchange;

	private final ResponseHead head;

	private final ExchangeOutputStream output;

	private final ResponseContentType contentType;

	private @Nullable ResponseWriter writer;

	private boolean outputTaken;

	private @Nullable Supplier<Map<String, String>> trailers;

	private @Nullable String sessionCookie;

	// How deep within includes, where the head must not be changed (§9.3).
	private int included;

	private @Nullable ErrorReport error;

	ExchangeServletResponse(ServletRuntime runtime, Exchange exchange, ServletCycle cycle) {
		this.runtime = runtime;
		this.exchange = exchange;
		this.cycle = cycle;
		this.head = exchange.response();
		this.output = new ExchangeOutputStream(exchange, this, cycle);
		this.contentType = new ResponseContentType(runtime);
	}

	ExchangeOutputStream output() {
		return this.output;
	}

	void enterInclude() {
		this.included++;
	}

	void leaveInclude() {
		this.included--;
	}

	@Nullable ErrorReport error() {
		return this.error;
	}

	/**
	 * Take the response back from the application for an error page: empty, with the
	 * status of the error.
	 * @param status the status
	 */
	void reopen(int status) {
		this.error = null;
		this.output.reopen();
		resetBuffer();
		this.writer = null;
		this.outputTaken = false;
		this.contentType.writerGone();
		this.output.declare(-1);
		this.head.headers().remove(HeaderNames.CONTENT_LENGTH);
		this.head.status(status);
	}

	/**
	 * The protocol is switched when the dispatch has returned, unless an error comes in
	 * between.
	 */
	void upgrade() {
		resetBuffer();
		this.output.upgrade();
	}

	/**
	 * Send the head that switches protocols.
	 * @return what the client sends from now on
	 */
	RequestBody switchProtocols() {
		this.output.abandon();
		HttpHeaders headers = this.head.headers();
		String wanted = this.exchange.request().headers().get(HeaderNames.UPGRADE);
		if (wanted != null && !headers.contains(HeaderNames.UPGRADE)) {
			// RFC 9110 §7.8: it has to be there.
			headers.set(HeaderNames.UPGRADE, wanted.split(",", 2)[0].strip());
		}
		RequestBody following = this.exchange.upgrade();
		this.exchange.responseBody().write(null, false);
		return following;
	}

	/** The first part is about to be sent: complete the head. */
	void prepareHead() {
		String type = this.contentType.header();
		if (type != null) {
			this.head.headers().set(HeaderNames.CONTENT_TYPE, type);
		}
	}

	boolean hasTrailers() {
		return this.trailers != null && this.exchange.request().version() != ProtocolVersion.HTTP_1_0;
	}

	void prepareTrailers() {
		Supplier<Map<String, String>> supplier = this.trailers;
		Map<String, String> fields = (supplier != null) ? supplier.get() : null;
		if (fields != null) {
			HttpHeaders headers = new DefaultHttpHeaders();
			fields.forEach(headers::set);
			this.head.trailers(headers);
		}
	}

	private boolean isHeadFixed() {
		return this.included > 0 || isCommitted();
	}

	@Override
	public void setStatus(int status) {
		// A 101 is the container's to send, and only for an upgrade.
		if (!isHeadFixed() && status != 101) {
			this.head.status(status);
		}
	}

	@Override
	public int getStatus() {
		return this.output.isUpgrading() ? 101 : this.head.status();
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		if (isHeadFixed() || name == null || name.isEmpty()) {
			return;
		}
		if (value == null) {
			removeHeader(name);
		}
		else if (!setSpecial(name, value)) {
			try {
				this.head.headers().set(name, value);
			}
			catch (IllegalArgumentException ex) {
				this.head.headers().set(name, fieldValue(value));
			}
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
		if (name.equalsIgnoreCase("Content-Type")) {
			this.contentType.reset();
		}
		else if (name.equalsIgnoreCase("Content-Length")) {
			this.output.declare(-1);
		}
		this.head.headers().remove(name);
	}

	@Override
	public void addHeader(String name, @Nullable String value) {
		if (!isHeadFixed() && name != null && !name.isEmpty() && value != null && !setSpecial(name, value)) {
			try {
				this.head.headers().add(name, value);
			}
			catch (IllegalArgumentException ex) {
				this.head.headers().add(name, fieldValue(value));
			}
		}
	}

	// Two fields are known elsewhere too, whichever way they were set.
	private boolean setSpecial(String name, String value) {
		if (name.length() == 12 && name.equalsIgnoreCase("Content-Type")) {
			setContentType(value);
			return true;
		}
		if (name.length() == 14 && name.equalsIgnoreCase("Content-Length")) {
			setContentLengthLong(Long.parseLong(value.trim()));
			return true;
		}
		return false;
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
	public boolean containsHeader(String name) {
		return getHeader(name) != null;
	}

	@Override
	public @Nullable String getHeader(String name) {
		if (name.length() == 12 && name.equalsIgnoreCase("Content-Type")) {
			return getContentType();
		}
		return this.head.headers().get(name);
	}

	@Override
	public Collection<String> getHeaders(String name) {
		if (name.length() == 12 && name.equalsIgnoreCase("Content-Type")) {
			String type = getContentType();
			return (type != null) ? List.of(type) : List.of();
		}
		return this.head.headers().getAll(name);
	}

	@Override
	public Collection<String> getHeaderNames() {
		Collection<String> names = this.head.headers().names();
		if (getContentType() != null && !this.head.headers().contains(HeaderNames.CONTENT_TYPE)) {
			names = new LinkedHashSet<>(names);
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
	void setSessionCookie(Cookie cookie) {
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
	public String encodeURL(String url) {
		return SessionUrls.encode(url, this.cycle.request(), false);
	}

	@Override
	public String encodeRedirectURL(String url) {
		return SessionUrls.encode(url, this.cycle.request(), true);
	}

	@Override
	public void sendError(int status) {
		sendError(status, null);
	}

	@Override
	public void sendError(int status, @Nullable String message) {
		requireUncommitted("An error cannot be sent");
		if (this.included > 0) {
			return;
		}
		this.head.status(status);
		this.output.keepHttp();
		this.output.resetBuffer();
		this.output.declare(-1);
		this.error = new ErrorReport(status, message, null);
		this.output.suspend();
	}

	/**
	 * Something failed: nothing that the application writes counts until the error page.
	 * @param report the error
	 */
	void fail(ErrorReport report) {
		this.error = report;
		this.output.keepHttp();
		this.output.suspend();
	}

	private void requireUncommitted(String what) {
		if (isCommitted()) {
			throw new IllegalStateException(what + " after the response has been committed");
		}
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) {
		requireUncommitted("A redirect cannot be sent");
		if (location == null) {
			throw new IllegalArgumentException("The location of the redirect is null");
		}
		if (this.included > 0) {
			return;
		}
		String absolute = Locations.absolute(location, this.cycle.request());
		this.output.keepHttp();
		if (clearBuffer) {
			resetBuffer();
		}
		this.head.status(status);
		this.head.headers().set(HeaderNames.LOCATION, absolute);
		this.output.suspend();
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		requireUncommitted("Trailer fields cannot be set");
		if (this.exchange.request().version() == ProtocolVersion.HTTP_1_0) {
			throw new IllegalStateException("HTTP/1.0 has no trailer fields");
		}
		this.trailers = supplier;
	}

	@Override
	public @Nullable Supplier<Map<String, String>> getTrailerFields() {
		return this.trailers;
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
	public @Nullable String getContentType() {
		return this.contentType.header();
	}

	@Override
	public void setContentType(@Nullable String type) {
		if (!isHeadFixed()) {
			this.contentType.set(type);
			if (type == null) {
				this.head.headers().remove(HeaderNames.CONTENT_TYPE);
			}
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
	public ServletOutputStream getOutputStream() {
		if (this.writer != null) {
			throw new IllegalStateException("getWriter() was called for this response already");
		}
		this.outputTaken = true;
		return this.output;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.outputTaken) {
			throw new IllegalStateException("getOutputStream() was called for this response already");
		}
		ResponseWriter known = this.writer;
		if (known == null) {
			Charset charset = RequestHeadView.charset(this.contentType.charset());
			if (charset == null) {
				throw new UnsupportedEncodingException(
						"'" + this.contentType.charset() + "' is no character encoding that is known here");
			}
			this.contentType.writerTaken();
			known = new ResponseWriter(this.output, TextEncoder.of(charset));
			this.writer = known;
		}
		return known;
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
		this.output.declare(Math.max(-1, length));
		if (length < 0) {
			this.head.headers().remove(HeaderNames.CONTENT_LENGTH);
		}
		else {
			this.head.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(length));
		}
	}

	@Override
	public int getBufferSize() {
		return this.output.capacity();
	}

	@Override
	public void setBufferSize(int size) {
		this.output.capacity(size);
	}

	@Override
	public void flushBuffer() throws IOException {
		this.output.flushBuffer();
	}

	@Override
	public void resetBuffer() {
		this.output.resetBuffer();
	}

	@Override
	public boolean isCommitted() {
		return this.output.isCommitted();
	}

	@Override
	public void reset() {
		if (this.included > 0) {
			return;
		}
		resetBuffer();
		this.head.reset();
		this.contentType.reset();
		this.output.declare(-1);
		this.trailers = null;
		this.sessionCookie = null;
		this.writer = null;
		this.outputTaken = false;
	}

	/** The application is done: end text and body. */
	void complete() {
		if (this.writer != null) {
			this.writer.finish();
		}
		this.output.complete();
	}

}
