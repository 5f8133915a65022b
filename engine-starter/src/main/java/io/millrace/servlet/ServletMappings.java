package io.millrace.servlet;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which servlet answers a path (Servlet 6.1 §12.1): computed at start, immutable.
 */
final class ServletMappings {

	private final Map<String, Entry> exact = new HashMap<>();

	private final Map<String, Entry> prefixes = new HashMap<>();

	private final Map<String, Entry> extensions = new HashMap<>();

	private @Nullable Entry root;

	private @Nullable Entry byDefault;

	/**
	 * Compute the tables.
	 * @param patterns the URL patterns with their servlets
	 */
	ServletMappings(Map<String, RegisteredServlet> patterns) {
		patterns.forEach((text, servlet) -> {
			UrlPattern pattern = UrlPattern.of(text);
			Entry entry = new Entry(servlet, pattern, UrlMatch.fixed(pattern, servlet.getName()));
			switch (pattern.kind()) {
				case CONTEXT_ROOT -> this.root = entry;
				case DEFAULT -> this.byDefault = entry;
				case EXACT -> this.exact.put(pattern.value(), entry);
				case PATH -> this.prefixes.put(pattern.value(), entry);
				case EXTENSION -> this.extensions.put(pattern.value(), entry);
			}
		});
	}

	/**
	 * Find the servlet for a path.
	 * @param path the canonical path within the context, starting with a slash
	 * @return the servlet and how it was found, {@code null} where there is none
	 */
	@Nullable ServletTarget find(String path) {
		Entry entry = this.root;
		if (entry != null && path.equals("/")) {
			return new ServletTarget(entry.servlet, entry.match, path, "", path);
		}
		entry = this.exact.isEmpty() ? null : this.exact.get(path);
		if (entry != null) {
			return new ServletTarget(entry.servlet, entry.match, path, path, null);
		}
		ServletTarget target = this.prefixes.isEmpty() ? null : findPrefix(path);
		if (target == null && !this.extensions.isEmpty()) {
			target = findExtension(path);
		}
		entry = this.byDefault;
		if (target == null && entry != null) {
			target = new ServletTarget(entry.servlet, entry.match, path, path, null);
		}
		return target;
	}

	private @Nullable ServletTarget findPrefix(String path) {
		int end = path.length();
		while (end >= 0) {
			Entry entry = this.prefixes.get(path.substring(0, end));
			if (entry != null) {
				String info = (end == path.length()) ? null : path.substring(end);
				UrlMatch match = entry.match.withValue((info == null) ? "" : info.substring(1));
				return new ServletTarget(entry.servlet, match, path, path.substring(0, end), info);
			}
			end = (end == 0) ? -1 : path.lastIndexOf('/', end - 1);
		}
		return null;
	}

	private @Nullable ServletTarget findExtension(String path) {
		int dot = path.lastIndexOf('.');
		if (dot < 0 || path.indexOf('/', dot) >= 0) {
			return null;
		}
		Entry entry = this.extensions.get(path.substring(dot));
		if (entry == null) {
			return null;
		}
		return new ServletTarget(entry.servlet, entry.match.withValue(path.substring(1, dot)), path, path, null);
	}

	private record Entry(RegisteredServlet servlet, UrlPattern pattern, UrlMatch match) {

	}

}
