package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Locale;
import java.util.Set;

import jakarta.servlet.ServletContext;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application is told of itself and cannot change: its path, its resources, the
 * server (Servlet 6.1 §4.1, §4.6).
 */
abstract class ContextInfo implements ServletContext {

	private static final Logger logger = LoggerFactory.getLogger(ServletApplication.class);

	private final ServletOptions options;

	private final ClassLoader loader;

	private final ApplicationResources resources;

	ContextInfo(ServletOptions options, ClassLoader loader) {
		this.options = options;
		this.loader = loader;
		this.resources = new ApplicationResources(options.documentRoot(), options.staticResources());
	}

	final ServletOptions options() {
		return this.options;
	}

	@Override
	public String getContextPath() {
		return this.options.contextPath();
	}

	@Override
	public @Nullable ServletContext getContext(@Nullable String path) {
		String own = getContextPath();
		boolean inside = path != null && path.startsWith(own)
				&& (path.length() == own.length() || path.charAt(own.length()) == '/');
		return inside ? this : null;
	}

	@Override
	public int getMajorVersion() {
		return 6;
	}

	@Override
	public int getMinorVersion() {
		return 1;
	}

	@Override
	public int getEffectiveMajorVersion() {
		return 6;
	}

	@Override
	public int getEffectiveMinorVersion() {
		return 1;
	}

	@Override
	public @Nullable String getMimeType(@Nullable String file) {
		int dot = (file != null) ? file.lastIndexOf('.') : -1;
		if (file == null || dot < 0) {
			return null;
		}
		return this.options.mimeMappings().get(file.substring(dot + 1).toLowerCase(Locale.ROOT));
	}

	@Override
	public @Nullable Set<String> getResourcePaths(String path) {
		return this.resources.list(path);
	}

	@Override
	public @Nullable URL getResource(String path) throws MalformedURLException {
		return this.resources.find(path);
	}

	/**
	 * Open a resource.
	 * @param path the path; unlike {@link #getResource} this is given no exception to
	 * refuse one without a slash by, so that is taken for one with it, as Tomcat does
	 * @return its content, {@code null} where there is none
	 */
	@Override
	public @Nullable InputStream getResourceAsStream(@Nullable String path) {
		if (path == null) {
			return null;
		}
		try {
			URL url = this.resources.find(path.startsWith("/") ? path : "/" + path);
			return (url != null) ? url.openStream() : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Override
	public @Nullable String getRealPath(String path) {
		return this.resources.realPath(path);
	}

	@Override
	public void log(String message) {
		logger.info("{}", message);
	}

	@Override
	public void log(String message, Throwable cause) {
		logger.error("{}", message, cause);
	}

	@Override
	public String getServerInfo() {
		return this.options.serverInfo();
	}

	@Override
	public String getVirtualServerName() {
		return "millrace";
	}

	@Override
	public String getServletContextName() {
		return this.options.displayName();
	}

	@Override
	public @Nullable JspConfigDescriptor getJspConfigDescriptor() {
		return null;
	}

	@Override
	public ClassLoader getClassLoader() {
		return this.loader;
	}

}
