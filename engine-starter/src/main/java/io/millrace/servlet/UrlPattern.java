package io.millrace.servlet;

/**
 * A URL pattern of a servlet or a filter (Servlet 6.1 §12.2).
 *
 * @param text the pattern
 * @param kind which of the kinds it is
 * @param value what is compared: the exact path, the path prefix without the final
 * <code>/&#42;</code>, or the extension with its dot
 */
record UrlPattern(String text, Kind kind, String value) {

	static UrlPattern of(String text) {
		if (text == null) {
			throw new IllegalArgumentException("The URL pattern is null");
		}
		if (text.isEmpty()) {
			return new UrlPattern(text, Kind.CONTEXT_ROOT, "/");
		}
		if (text.equals("/")) {
			return new UrlPattern(text, Kind.DEFAULT, "/");
		}
		if (text.startsWith("/") && text.endsWith("/*")) {
			return new UrlPattern(text, Kind.PATH, text.substring(0, text.length() - 2));
		}
		if (text.startsWith("*.") && text.indexOf('/') < 0) {
			return new UrlPattern(text, Kind.EXTENSION, text.substring(1));
		}
		if (!text.startsWith("/") || text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
			throw new IllegalArgumentException("'" + text + "' is not a URL pattern");
		}
		return new UrlPattern(text, Kind.EXACT, text);
	}

	/**
	 * Whether everything matches.
	 * @return whether the pattern is <code>/&#42;</code>
	 */
	boolean matchesAll() {
		return this.kind == Kind.PATH && this.value.isEmpty();
	}

	/**
	 * Whether a filter with this pattern applies. Unlike for servlets there is no best
	 * match, and no default: {@code /} is the root only.
	 * @param path the path within the context
	 * @return whether it matches
	 */
	boolean matches(String path) {
		return switch (this.kind) {
			case CONTEXT_ROOT, DEFAULT, EXACT -> path.equals(this.value);
			case PATH -> path.startsWith(this.value)
					&& (path.length() == this.value.length() || path.charAt(this.value.length()) == '/');
			case EXTENSION -> path.endsWith(this.value) && path.length() > this.value.length();
		};
	}

	/** The kinds of §12.2. */
	enum Kind {

		CONTEXT_ROOT, DEFAULT, EXACT, PATH, EXTENSION

	}

}
