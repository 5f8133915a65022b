package io.millrace.servlet;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * How sessions are tracked and how long they live.
 */
public final class SessionSettings implements SessionCookieConfig {

	/** From now on every setter throws IllegalStateException. */
	void freeze() {
	}

	/** For ServletContext.setSessionTrackingModes. */
	void setTrackingModes(Set<SessionTrackingMode> modes) {
	}

	/** COOKIE and URL unless set otherwise, as ServletContext.getEffective... */
	Set<SessionTrackingMode> getTrackingModes() {
		return Set.of();
	}

	/** Zero or negative: never. */
	void setTimeout(Duration timeout) {
	}

	Duration getTimeout() {
		return Duration.ZERO;
	}

	/** The cookie that carries a session id to the client. */
	Cookie newCookie(String sessionId, String contextPath, boolean secureRequest) {
		return new Cookie("JSESSIONID", sessionId);
	}

	@Override
	public void setName(@Nullable String name) {
	}

	@Override
	public String getName() {
		return "JSESSIONID";
	}

	@Override
	public void setDomain(@Nullable String domain) {
	}

	@Override
	public @Nullable String getDomain() {
		return null;
	}

	@Override
	public void setPath(@Nullable String path) {
	}

	@Override
	public @Nullable String getPath() {
		return null;
	}

	@Override
	@SuppressWarnings("removal")
	@Deprecated(since = "0.1.0", forRemoval = true)
	public void setComment(@Nullable String comment) {
	}

	@Override
	@SuppressWarnings("removal")
	@Deprecated(since = "0.1.0", forRemoval = true)
	public @Nullable String getComment() {
		return null;
	}

	@Override
	public void setHttpOnly(boolean httpOnly) {
	}

	@Override
	public boolean isHttpOnly() {
		return false;
	}

	@Override
	public void setSecure(boolean secure) {
	}

	@Override
	public boolean isSecure() {
		return false;
	}

	@Override
	public void setMaxAge(int maxAge) {
	}

	@Override
	public int getMaxAge() {
		return -1;
	}

	@Override
	public void setAttribute(String name, @Nullable String value) {
	}

	@Override
	public @Nullable String getAttribute(String name) {
		return null;
	}

	@Override
	public Map<String, String> getAttributes() {
		return Map.of();
	}

}
