package io.millrace.boot.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.boot.web.server.servlet.Session;

/**
 * Gives a cookie its {@code SameSite} as the settings say: the session cookie by
 * property, all others by the first supplier that knows them.
 */
class SameSiteRule implements Function<Cookie, @Nullable String> {

	private static final String DEFAULT_SESSION_COOKIE = "JSESSIONID";

	private final List<CookieSameSiteSupplier> suppliers = new ArrayList<>();

	SameSiteRule(ServletWebServerSettings settings) {
		Session session = settings.getSession();
		SameSite sessionSameSite = session.getCookie().getSameSite();
		if (sessionSameSite != null) {
			String name = session.getCookie().getName();
			this.suppliers.add(CookieSameSiteSupplier.of(sessionSameSite)
				.whenHasName((name != null) ? name : DEFAULT_SESSION_COOKIE));
		}
		this.suppliers.addAll(settings.getCookieSameSiteSuppliers());
	}

	@Override
	public @Nullable String apply(Cookie cookie) {
		for (CookieSameSiteSupplier supplier : this.suppliers) {
			SameSite sameSite = supplier.getSameSite(cookie);
			if (sameSite != null) {
				return sameSite.attributeValue();
			}
		}
		return null;
	}

}
