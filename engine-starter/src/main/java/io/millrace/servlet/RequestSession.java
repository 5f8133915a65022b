package io.millrace.servlet;

import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * The session of one request (Servlet 6.1 §7): found, created and renamed on behalf of
 * the request. One thread at a time.
 */
final class RequestSession {

	private final ExchangeServletRequest request;

	private final ServletRuntime runtime;

	private final @Nullable String idInUrl;

	private Source source = Source.UNKNOWN;

	private @Nullable String requestedId;

	// The one that the client asked for, and the current one.
	private @Nullable ServletSession requested;

	private @Nullable ServletSession session;

	private boolean ended;

	RequestSession(ExchangeServletRequest request, ServletRuntime runtime, @Nullable String idInUrl) {
		this.request = request;
		this.runtime = runtime;
		this.idInUrl = runtime.sessionSettings().usesUrls() ? idInUrl : null;
	}

	// Once a request. What the client sent is never taken over as the id of a new
	// session.
	private Source source() {
		if (this.source == Source.UNKNOWN) {
			this.source = look();
			this.session = this.requested;
			if (this.ended) {
				release();
			}
		}
		return this.source;
	}

	private Source look() {
		SessionSettings settings = this.runtime.sessionSettings();
		if (settings.usesTls()) {
			String id = TlsSessions.idOf(this.request.exchange().connection());
			this.requestedId = id;
			this.requested = (id != null) ? this.runtime.sessions().findByTls(id) : null;
			return (id != null) ? Source.TLS : Source.NONE;
		}
		if (settings.usesCookies() && lookInCookies(settings.cookieName())) {
			return Source.COOKIE;
		}
		if (this.idInUrl != null) {
			this.requestedId = this.idInUrl;
			this.requested = this.runtime.sessions().find(this.idInUrl);
			return Source.URL;
		}
		return Source.NONE;
	}

	// A client may send several cookies of the name, for other paths: the first that is a
	// session wins, otherwise the first.
	private boolean lookInCookies(String name) {
		for (Cookie cookie : this.request.cookies()) {
			if (cookie.getName().equals(name)) {
				String id = cookie.getValue();
				this.requestedId = (this.requestedId != null) ? this.requestedId : id;
				this.requested = this.runtime.sessions().find(id);
				if (this.requested != null) {
					this.requestedId = id;
					return true;
				}
			}
		}
		return this.requestedId != null;
	}

	/**
	 * The request has come: its session is accessed, whether the application asks for it
	 * or not (§7.6).
	 */
	void access() {
		source();
	}

	/**
	 * The id that the client sent.
	 * @return the id, that of the cookie before that of the URL, {@code null} for none
	 */
	@Nullable String requestedId() {
		source();
		return this.requestedId;
	}

	boolean isRequestedIdFromCookie() {
		return source() == Source.COOKIE;
	}

	boolean isRequestedIdFromUrl() {
		return source() == Source.URL;
	}

	boolean isRequestedIdValid() {
		source();
		ServletSession asked = this.requested;
		return asked != null && asked.isValid();
	}

	/**
	 * The session.
	 * @param create whether to create one where there is none
	 * @return the session, {@code null} where there is none
	 */
	@Nullable ServletSession get(boolean create) {
		source();
		ServletSession current = this.session;
		if (current != null && current.isValid()) {
			return current;
		}
		return create ? create() : null;
	}

	private ServletSession create() {
		ExchangeServletResponse response = this.request.response();
		if (this.runtime.sessionSettings().usesCookies() && response.isCommitted()) {
			throw new IllegalStateException("A session cannot be created after the response has been committed");
		}
		ServletSession created = this.runtime.sessions().create();
		if (!this.ended) {
			release();
		}
		this.session = created;
		if (this.ended) {
			release();
		}
		if (this.source == Source.TLS && this.requestedId != null) {
			this.runtime.sessions().bindToTls(this.requestedId, created);
		}
		sendCookie(created.getId());
		return created;
	}

	/**
	 * Give the session another id (§7.3).
	 * @return the new id
	 * @throws IllegalStateException where there is no session
	 */
	String changeId() {
		ServletSession current = get(false);
		if (current == null) {
			throw new IllegalStateException("The request has no session whose id could be changed");
		}
		String id = this.runtime.sessions().changeId(current);
		if (current == this.requested && this.source != Source.TLS) {
			// As if the client had sent it, as with Tomcat: the rest of the request must
			// not take the session for a foreign one.
			this.requestedId = id;
		}
		sendCookie(id);
		return id;
	}

	private void sendCookie(String id) {
		if (this.runtime.sessionSettings().usesCookies()) {
			Cookie cookie = this.runtime.sessionSettings()
				.newCookie(id, this.runtime.contextPath(), this.request.isSecure());
			this.request.response().setSessionCookie(cookie);
		}
	}

	/**
	 * The id to be put into URLs (§7.1.3): where the session lives but is not known to
	 * come back by cookie.
	 * @return the id, {@code null} for none
	 */
	@Nullable String idForUrls() {
		if (!this.runtime.sessionSettings().usesUrls() || isRequestedIdFromCookie()) {
			return null;
		}
		ServletSession current = get(false);
		return (current != null) ? current.getId() : null;
	}

	/** The request has ended: whoever still has it keeps no session from expiring. */
	void end() {
		this.ended = true;
		release();
	}

	private void release() {
		ServletSession current = this.session;
		if (current != null) {
			this.runtime.sessions().release(current);
		}
	}

	/** Where the id came from. */
	private enum Source {

		/** Nobody has looked yet. */
		UNKNOWN,

		/** The client sent none. */
		NONE,

		/** A cookie. */
		COOKIE,

		/** A path parameter. */
		URL,

		/** The TLS session. */
		TLS

	}

}
