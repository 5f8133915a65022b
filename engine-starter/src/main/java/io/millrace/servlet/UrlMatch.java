package io.millrace.servlet;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/**
 * How a path was mapped to a servlet (Servlet 6.1 §12.3).
 *
 * @param kind the kind of match, {@code null} where a servlet was dispatched to by its
 * name
 * @param value the part of the path that the pattern left open
 * @param pattern the URL pattern
 * @param servletName the name of the servlet
 */
record UrlMatch(@Nullable MappingMatch kind, String value, String pattern,
		String servletName) implements HttpServletMapping {

	static final UrlMatch NONE = new UrlMatch(null, "", "", "");

	/**
	 * The match of a pattern that leaves nothing open, or of which the value is to come.
	 * @param pattern the pattern
	 * @param servletName the name of the servlet
	 * @return the match
	 */
	static UrlMatch fixed(UrlPattern pattern, String servletName) {
		return switch (pattern.kind()) {
			case CONTEXT_ROOT -> new UrlMatch(MappingMatch.CONTEXT_ROOT, "", "", servletName);
			case DEFAULT -> new UrlMatch(MappingMatch.DEFAULT, "", "/", servletName);
			case EXACT -> new UrlMatch(MappingMatch.EXACT, pattern.value().substring(1), pattern.text(), servletName);
			case PATH -> new UrlMatch(MappingMatch.PATH, "", pattern.text(), servletName);
			case EXTENSION -> new UrlMatch(MappingMatch.EXTENSION, "", pattern.text(), servletName);
		};
	}

	UrlMatch withValue(String value) {
		return new UrlMatch(this.kind, value, this.pattern, this.servletName);
	}

	@Override
	public @Nullable MappingMatch getMappingMatch() {
		return this.kind;
	}

	@Override
	public String getMatchValue() {
		return this.value;
	}

	@Override
	public String getPattern() {
		return this.pattern;
	}

	@Override
	public String getServletName() {
		return this.servletName;
	}

}
