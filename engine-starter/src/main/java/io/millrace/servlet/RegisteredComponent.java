package io.millrace.servlet;

import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.Registration;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

/**
 * What registrations of servlets and filters have in common (Servlet 6.1 §4.4). Changed
 * by the thread that starts the application, read-only afterwards.
 */
abstract class RegisteredComponent implements Registration.Dynamic {

	private final ContextRegistrations application;

	private final String name;

	private final String className;

	private final Map<String, String> initParameters = new LinkedHashMap<>();

	private boolean asyncSupported;

	RegisteredComponent(ContextRegistrations application, String name, String className) {
		this.application = application;
		this.name = name;
		this.className = className;
	}

	final void requireConfigurable() {
		this.application.guard().requireConfigurable("changing the registration of '" + this.name + "'");
	}

	final ContextRegistrations application() {
		return this.application;
	}

	final boolean isAsyncSupported() {
		return this.asyncSupported;
	}

	@Override
	public void setAsyncSupported(boolean asyncSupported) {
		requireConfigurable();
		this.asyncSupported = asyncSupported;
	}

	public ServletContext getServletContext() {
		return this.application;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getClassName() {
		return this.className;
	}

	@Override
	public boolean setInitParameter(String name, String value) {
		requireConfigurable();
		requireParameter(name, value);
		return this.initParameters.putIfAbsent(name, value) == null;
	}

	@Override
	public Set<String> setInitParameters(Map<String, String> parameters) {
		requireConfigurable();
		if (parameters == null) {
			throw new IllegalArgumentException("The init parameters are null");
		}
		parameters.forEach(RegisteredComponent::requireParameter);
		Set<String> conflicts = new HashSet<>(parameters.keySet());
		conflicts.retainAll(this.initParameters.keySet());
		if (conflicts.isEmpty()) {
			this.initParameters.putAll(parameters);
		}
		return conflicts;
	}

	private static void requireParameter(@Nullable String name, @Nullable String value) {
		if (name == null || value == null) {
			throw new IllegalArgumentException("An init parameter needs a name and a value");
		}
	}

	@Override
	public @Nullable String getInitParameter(String name) {
		return this.initParameters.get(name);
	}

	@Override
	public Map<String, String> getInitParameters() {
		return Collections.unmodifiableMap(this.initParameters);
	}

	public Enumeration<String> getInitParameterNames() {
		return Collections.enumeration(this.initParameters.keySet());
	}

}
