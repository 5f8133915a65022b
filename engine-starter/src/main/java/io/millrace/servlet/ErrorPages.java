package io.millrace.servlet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which page is for which error (Servlet 6.1 §10.9.2): immutable.
 */
final class ErrorPages {

	private final Map<String, String> byException = new HashMap<>();

	private final Map<Integer, String> byStatus = new HashMap<>();

	private @Nullable String byDefault;

	ErrorPages(List<ErrorPage> pages) {
		for (ErrorPage page : pages) {
			if (page.exception() != null) {
				this.byException.putIfAbsent(page.exception().getName(), page.path());
			}
			else if (page.status() != null) {
				this.byStatus.putIfAbsent(page.status(), page.path());
			}
			else if (this.byDefault == null) {
				this.byDefault = page.path();
			}
		}
	}

	/**
	 * The page for an exception: that of its own class or of the nearest class above it.
	 * @param exception the exception
	 * @return the path, {@code null} where there is none
	 */
	@Nullable String find(Throwable exception) {
		if (this.byException.isEmpty()) {
			return null;
		}
		Class<?> type = exception.getClass();
		String path = null;
		// By name: the page may have been declared with the class of another loader.
		while (path == null && type != null) {
			path = this.byException.get(type.getName());
			type = type.getSuperclass();
		}
		return path;
	}

	/**
	 * The page for a status, or for everything.
	 * @param status the status
	 * @return the path, {@code null} where there is none
	 */
	@Nullable String find(int status) {
		String path = this.byStatus.get(status);
		return (path != null) ? path : this.byDefault;
	}

}
