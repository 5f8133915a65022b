package io.millrace.servlet;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * How sessions are tracked and how long they live (Servlet 6.1 §4.4.5, §7.1). Set while
 * the application starts, by one thread; read afterwards by all.
 */
public final class SessionSettings implements SessionCookieConfig {

	/** The name that Servlet 6.1 §7.1.1 prescribes for the cookie. */
	public static final String DEFAULT_COOKIE_NAME = "JSESSIONID";

	private static final String DOMAIN = "Domain";

	private static final String PATH = "Path";

	private static final String MAX_AGE = "Max-Age";

	private static final String SECURE = "Secure";

	private static final String HTTP_ONLY = "HttpOnly";

	private static final Set<SessionTrackingMode> DEFAULT_MODES = Collections
		.unmodifiableSet(EnumSet.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL));

	private final Map<String, String> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private @Nullable String name = null;

	private Set<SessionTrackingMode> trackingModes = DEFAULT_MODES;

	private Duration timeout = Duration.ofMinutes(30);

	private boolean frozen = false;

	/**
	 * Create the defaults: the cookie is {@code HttpOnly}, as Tomcat's is.
	 */
	public SessionSettings() {
		this.attributes.put(HTTP_ONLY, "true");
	}

	/**
	 * The application has started: from now on every setter throws
	 * {@link IllegalStateException}.
	 */
	void freeze() {
		this.frozen = true;
	}

	/**
	 * Set how sessions are tracked.
	 * @param modes COOKIE, URL, both or none; or SSL alone: by the id of the TLS session,
	 * where a connection has one
	 * @throws IllegalArgumentException where SSL is not the only one
	 */
	void setTrackingModes(Set<SessionTrackingMode> modes) {
		checkNotFrozen();
		if (modes.contains(SessionTrackingMode.SSL) && modes.size() > 1) {
			throw new IllegalArgumentException("Sessions are tracked by SSL alone or not at all, and not by " + modes);
		}
		EnumSet<SessionTrackingMode> copy = EnumSet.noneOf(SessionTrackingMode.class);
		copy.addAll(modes);
		this.trackingModes = Collections.unmodifiableSet(copy);
	}

	/**
	 * How sessions are tracked.
	 * @return COOKIE and URL where nothing else is set
	 */
	Set<SessionTrackingMode> getTrackingModes() {
		return this.trackingModes;
	}

	/**
	 * How sessions are tracked where nothing else is set.
	 * @return COOKIE and URL
	 */
	static Set<SessionTrackingMode> defaultTrackingModes() {
		return DEFAULT_MODES;
	}

	/**
	 * Whether a session id may come and go in a cookie.
	 * @return {@code true} unless set otherwise
	 */
	boolean usesCookies() {
		return this.trackingModes.contains(SessionTrackingMode.COOKIE);
	}

	/**
	 * Whether a session id may come and go in a URL.
	 * @return {@code true} unless set otherwise
	 */
	boolean usesUrls() {
		return this.trackingModes.contains(SessionTrackingMode.URL);
	}

	/**
	 * Whether a session is that of the TLS session.
	 * @return {@code false} unless set otherwise
	 */
	boolean usesTls() {
		return this.trackingModes.contains(SessionTrackingMode.SSL);
	}

	/**
	 * Set the time after which an unused session ends.
	 * @param timeout whole seconds; zero or less for never
	 */
	void setTimeout(Duration timeout) {
		checkNotFrozen();
		this.timeout = timeout;
	}

	/**
	 * The time after which an unused session ends.
	 * @return initially 30 minutes
	 */
	Duration getTimeout() {
		return this.timeout;
	}

	/**
	 * The timeout as sessions have it.
	 * @return seconds, zero for never; less than a second is one
	 */
	int timeoutSeconds() {
		if (this.timeout.isZero() || this.timeout.isNegative()) {
			return 0;
		}
		return (int) Math.max(1, Math.min(this.timeout.toSeconds(), Integer.MAX_VALUE));
	}

	/**
	 * The effective name of the cookie.
	 * @return {@value #DEFAULT_COOKIE_NAME} unless set otherwise
	 */
	String cookieName() {
		return (this.name != null) ? this.name : DEFAULT_COOKIE_NAME;
	}

	/**
	 * The name of the path parameter: that of the cookie where the application chose one
	 * (Javadoc of {@link SessionCookieConfig#setName}).
	 * @return {@value CanonicalPath#SESSION_PARAMETER} unless set otherwise
	 */
	String pathParameterName() {
		return (this.name != null) ? this.name : CanonicalPath.SESSION_PARAMETER;
	}

	/**
	 * Create the cookie that carries a session id to the client.
	 * @param sessionId the session id
	 * @param contextPath the path of the cookie where none is set; "" for the root
	 * @param secureRequest whether the request came over TLS: then the cookie stays there
	 * @return the cookie
	 */
	Cookie newCookie(String sessionId, String contextPath, boolean secureRequest) {
		Cookie cookie = new Cookie(cookieName(), sessionId);
		this.attributes.forEach((attribute, value) -> {
			if (!attribute.equalsIgnoreCase(SECURE) && !attribute.equalsIgnoreCase(HTTP_ONLY)) {
				cookie.setAttribute(attribute, value);
			}
		});
		if (cookie.getPath() == null) {
			cookie.setPath(contextPath.isEmpty() ? "/" : contextPath);
		}
		cookie.setSecure(secureRequest || isSecure());
		cookie.setHttpOnly(isHttpOnly());
		return cookie;
	}

	@Override
	public void setName(@Nullable String name) {
		checkNotFrozen();
		// The constructor refuses what is no name.
		this.name = (name == null || name.isEmpty()) ? null : new Cookie(name, "").getName();
	}

	@Override
	public @Nullable String getName() {
		return this.name;
	}

	@Override
	public void setDomain(@Nullable String domain) {
		setAttribute(DOMAIN, domain);
	}

	@Override
	public @Nullable String getDomain() {
		return getAttribute(DOMAIN);
	}

	@Override
	public void setPath(@Nullable String path) {
		setAttribute(PATH, path);
	}

	@Override
	public @Nullable String getPath() {
		return getAttribute(PATH);
	}

	/**
	 * Does nothing: RFC 6265 cookies have no comment.
	 * @param comment ignored
	 */
	@Override
	@SuppressWarnings("removal")
	@Deprecated(since = "0.1.0", forRemoval = true)
	public void setComment(@Nullable String comment) {
		checkNotFrozen();
	}

	/**
	 * RFC 6265 cookies have no comment.
	 * @return always {@code null}
	 */
	@Override
	@SuppressWarnings("removal")
	@Deprecated(since = "0.1.0", forRemoval = true)
	public @Nullable String getComment() {
		return null;
	}

	@Override
	public void setHttpOnly(boolean httpOnly) {
		setAttribute(HTTP_ONLY, String.valueOf(httpOnly));
	}

	@Override
	public boolean isHttpOnly() {
		return Boolean.parseBoolean(getAttribute(HTTP_ONLY));
	}

	@Override
	public void setSecure(boolean secure) {
		setAttribute(SECURE, String.valueOf(secure));
	}

	@Override
	public boolean isSecure() {
		return Boolean.parseBoolean(getAttribute(SECURE));
	}

	@Override
	public void setMaxAge(int maxAge) {
		setAttribute(MAX_AGE, String.valueOf(maxAge));
	}

	@Override
	public int getMaxAge() {
		String maxAge = getAttribute(MAX_AGE);
		return (maxAge != null) ? Integer.parseInt(maxAge) : -1;
	}

	@Override
	public void setAttribute(String name, @Nullable String value) {
		checkNotFrozen();
		if (value == null) {
			this.attributes.remove(name);
			return;
		}
		// A cookie knows which names and numbers are valid.
		new Cookie("a", "").setAttribute(name, value);
		this.attributes.put(name, value);
	}

	@Override
	public @Nullable String getAttribute(String name) {
		return this.attributes.get(name);
	}

	@Override
	public Map<String, String> getAttributes() {
		return Collections.unmodifiableMap(this.attributes);
	}

	private void checkNotFrozen() {
		if (this.frozen) {
			throw new IllegalStateException("Sessions cannot be configured after the application has started");
		}
	}

}
