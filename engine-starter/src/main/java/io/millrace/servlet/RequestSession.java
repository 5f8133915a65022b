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

	private @Nullable String idInCookie;

	private boolean cookiesRead;

	private @Nullable ServletSession session;

	RequestSession(ExchangeServletRequest request, ServletRuntime runtime, @Nullable String idInUrl) {
		this.request = request;
		this.runtime = runtime;
		this.idInUrl = runtime.sessionSettings().usesUrls() ? idInUrl : null;
	}

	/**
	 * The id that the client sent.
	 * @return the id, that of the cookie before that of the URL, {@code null} for none
	 */
	@Nullable String requestedId() {
		String id = cookieId();
		return (id != null) ? id : this.idInUrl;
	}

	private @Nullable String cookieId() {
		if (!this.cookiesRead) {
			this.cookiesRead = true;
			if (this.runtime.sessionSettings().usesCookies()) {
				this.idInCookie = findCookie();
			}
		}
		return this.idInCookie;
	}

	// A client may send several cookies of the name, for other paths: the first that is a
	// session wins, otherwise the first.
	private @Nullable String findCookie() {
		String name = this.runtime.sessionSettings().cookieName();
		String first = null;
		for (Cookie cookie : this.request.cookies()) {
			if (cookie.getName().equals(name)) {
				first = (first != null) ? first : cookie.getValue();
				ServletSession found = (this.session != null) ? null : this.runtime.sessions().find(cookie.getValue());
				if (found != null) {
					this.session = found;
					return cookie.getValue();
				}
			}
		}
		return first;
	}

	boolean isRequestedIdFromCookie() {
		return cookieId() != null;
	}

	boolean isRequestedIdFromUrl() {
		return cookieId() == null && this.idInUrl != null;
	}

	boolean isRequestedIdValid() {
		ServletSession current = get(false);
		String requested = requestedId();
		return current != null && requested != null && current.getId().equals(requested);
	}

	/**
	 * The session.
	 * @param create whether to create one where there is none
	 * @return the session, {@code null} where there is none
	 */
	@Nullable ServletSession get(boolean create) {
		ServletSession current = this.session;
		if (current == null) {
			String requested = requestedId();
			current = this.session;
			if (current == null && requested != null && requested.equals(this.idInUrl)) {
				current = this.runtime.sessions().find(requested);
				this.session = current;
			}
		}
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
		ServletSession old = this.session;
		if (old != null) {
			this.runtime.sessions().release(old);
		}
		ServletSession created = this.runtime.sessions().create();
		this.session = created;
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

	/** The request has ended. */
	void release() {
		ServletSession current = this.session;
		if (current != null) {
			this.runtime.sessions().release(current);
		}
	}

}
