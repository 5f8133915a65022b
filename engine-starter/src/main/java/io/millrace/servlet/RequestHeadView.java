package io.millrace.servlet;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;

import io.millrace.core.http.Exchange;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The header of a servlet request (Servlet 6.1 §3.4, §3.9, §3.11): a view on the
 * exchange. What has to be parsed is parsed when it is asked for.
 */
abstract class RequestHeadView implements HttpServletRequest {

	private final Exchange exchange;

	private final HttpHeaders headers;

	private Cookie @Nullable [] cookies;

	private @Nullable List<Locale> locales;

	RequestHeadView(Exchange exchange) {
		this.exchange = exchange;
		this.headers = exchange.request().headers();
	}

	final Exchange exchange() {
		return this.exchange;
	}

	@Override
	public @Nullable String getHeader(String name) {
		return this.headers.get(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		List<String> values = this.headers.getAll(name);
		// Most often one or none.
		return (values.size() == 1) ? new SingleValue(values.get(0)) : Collections.enumeration(values);
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		Set<String> names = this.headers.names();
		return Collections.enumeration((names.size() > 1) ? distinct(names) : names);
	}

	// A name in two spellings is one name.
	private static List<String> distinct(Set<String> names) {
		Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		List<String> distinct = new ArrayList<>(names.size());
		for (String name : names) {
			if (seen.add(name)) {
				distinct.add(name);
			}
		}
		return distinct;
	}

	@Override
	public long getDateHeader(String name) {
		String value = getHeader(name);
		return (value != null) ? HttpDates.parse(value) : -1;
	}

	@Override
	public int getIntHeader(String name) {
		String value = getHeader(name);
		return (value != null) ? Integer.parseInt(value) : -1;
	}

	@Override
	public @Nullable String getContentType() {
		return this.headers.get(HttpHeaderNames.CONTENT_TYPE);
	}

	@Override
	public int getContentLength() {
		long length = getContentLengthLong();
		return (length <= Integer.MAX_VALUE) ? (int) length : -1;
	}

	@Override
	public long getContentLengthLong() {
		// The engine has checked the value, and that there is one only.
		String value = this.headers.get(HttpHeaderNames.CONTENT_LENGTH);
		return (value != null) ? Long.parseLong(value) : -1;
	}

	@Override
	public Cookie @Nullable [] getCookies() {
		Cookie[] known = cookies();
		return (known.length > 0) ? known.clone() : null;
	}

	final boolean hasCookies() {
		return this.headers.contains(HttpHeaderNames.COOKIE);
	}

	final Cookie[] cookies() {
		Cookie[] known = this.cookies;
		if (known == null) {
			known = hasCookies() ? Cookies.parse(this.headers.getAll(HttpHeaderNames.COOKIE)) : Cookies.NONE;
			this.cookies = known;
		}
		return known;
	}

	@Override
	public Locale getLocale() {
		return this.headers.contains(HttpHeaderNames.ACCEPT_LANGUAGE) ? locales().get(0) : Locale.getDefault();
	}

	@Override
	public Enumeration<Locale> getLocales() {
		return Collections.enumeration(locales());
	}

	private List<Locale> locales() {
		List<Locale> known = this.locales;
		if (known == null) {
			known = Locales.parse(this.headers.getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
			this.locales = known;
		}
		return known;
	}

	/**
	 * The charset that the Content-Type names.
	 * @return the name, {@code null} where there is none
	 */
	final @Nullable String declaredEncoding() {
		String type = getContentType();
		return (type != null) ? ContentType.parse(type).charset() : null;
	}

	static @Nullable Charset charset(@Nullable String name) {
		try {
			return (name != null) ? Charset.forName(name) : null;
		}
		catch (IllegalCharsetNameException | UnsupportedCharsetException ex) {
			return null;
		}
	}

	@Override
	public String getProtocol() {
		return this.exchange.request().version().text();
	}

	/** The only value of a field. */
	private static final class SingleValue implements Enumeration<String> {

		private @Nullable String value;

		SingleValue(String value) {
			this.value = value;
		}

		@Override
		public boolean hasMoreElements() {
			return this.value != null;
		}

		@Override
		public String nextElement() {
			String only = this.value;
			if (only == null) {
				throw new NoSuchElementException();
			}
			this.value = null;
			return only;
		}

	}

}
