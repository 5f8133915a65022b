package io.millrace.servlet;

import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import org.jspecify.annotations.Nullable;

/**
 * What an application sets for itself: init parameters, attributes, how sessions are
 * tracked, encodings (Servlet 6.1 §4.2, §4.3, §4.5, §4.4.5). All but the attributes is
 * fixed with the start.
 */
abstract class ContextSettings extends ContextInfo {

	private final ConfigurationGuard guard = new ConfigurationGuard();

	private final ApplicationListeners listeners = new ApplicationListeners();

	private final SessionSettings sessionSettings = new SessionSettings();

	private final Map<String, String> initParameters = new ConcurrentHashMap<>();

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	private @Nullable String requestEncoding;

	private @Nullable String responseEncoding;

	ContextSettings(ServletOptions options, ClassLoader loader) {
		super(options, loader);
		this.initParameters.putAll(options.initParameters());
		this.sessionSettings.setTimeout(options.sessionTimeout());
		this.attributes.put(ServletContext.TEMPDIR, options.temporaryDirectory().toFile());
	}

	final ConfigurationGuard guard() {
		return this.guard;
	}

	final ApplicationListeners listeners() {
		return this.listeners;
	}

	final SessionSettings sessionSettings() {
		return this.sessionSettings;
	}

	@Override
	public @Nullable String getInitParameter(String name) {
		return this.initParameters.get(requireName(name));
	}

	@Override
	public Enumeration<String> getInitParameterNames() {
		return Collections.enumeration(this.initParameters.keySet());
	}

	@Override
	public boolean setInitParameter(String name, String value) {
		requireName(name);
		this.guard.requireConfigurable("setting an init parameter");
		return this.initParameters.putIfAbsent(name, value) == null;
	}

	private static String requireName(@Nullable String name) {
		// §4.2 and §4.3 ask for this exception.
		if (name == null) {
			throw new NullPointerException("The name is null");
		}
		return name;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return this.attributes.get(requireName(name));
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		return Collections.enumeration(this.attributes.keySet());
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (value == null) {
			removeAttribute(name);
			return;
		}
		Object previous = this.attributes.put(requireName(name), value);
		this.listeners.contextAttribute(this, name, previous, value);
	}

	@Override
	public void removeAttribute(String name) {
		Object previous = this.attributes.remove(requireName(name));
		if (previous != null) {
			this.listeners.contextAttribute(this, name, previous, null);
		}
	}

	@Override
	public SessionCookieConfig getSessionCookieConfig() {
		this.guard.requireUnrestricted("configuring the session cookie");
		return this.sessionSettings;
	}

	@Override
	public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
		this.guard.requireConfigurable("setting the session tracking modes");
		this.sessionSettings.setTrackingModes(modes);
	}

	@Override
	public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
		return SessionSettings.defaultTrackingModes();
	}

	@Override
	public Set<SessionTrackingMode> getEffectiveSessionTrackingModes() {
		return this.sessionSettings.getTrackingModes();
	}

	@Override
	public int getSessionTimeout() {
		return (int) this.sessionSettings.getTimeout().toMinutes();
	}

	@Override
	public void setSessionTimeout(int minutes) {
		this.guard.requireConfigurable("setting the session timeout");
		this.sessionSettings.setTimeout(Duration.ofMinutes(minutes));
	}

	@Override
	public @Nullable String getRequestCharacterEncoding() {
		return this.requestEncoding;
	}

	@Override
	public void setRequestCharacterEncoding(@Nullable String encoding) {
		this.guard.requireConfigurable("setting the request encoding");
		this.requestEncoding = encoding;
	}

	@Override
	public @Nullable String getResponseCharacterEncoding() {
		return this.responseEncoding;
	}

	@Override
	public void setResponseCharacterEncoding(@Nullable String encoding) {
		this.guard.requireConfigurable("setting the response encoding");
		this.responseEncoding = encoding;
	}

}
