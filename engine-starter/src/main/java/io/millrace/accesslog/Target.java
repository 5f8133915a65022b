package io.millrace.accesslog;

/**
 * Where the parts of a request target are.
 */
final class Target {

	private static final String AUTHORITY = "://";

	private Target() {
	}

	/**
	 * Where the path begins.
	 * @param target the target
	 * @return behind scheme and authority where the target has them (RFC 9112 §3.2.2)
	 */
	static int pathStart(String target) {
		if (target.startsWith("/")) {
			return 0;
		}
		int authority = target.indexOf(AUTHORITY);
		if (authority < 0 || authority > pathEnd(target)) {
			return 0;
		}
		int slash = target.indexOf('/', authority + AUTHORITY.length());
		int end = pathEnd(target);
		return (slash < 0 || slash > end) ? end : slash;
	}

	/**
	 * Where the path ends.
	 * @param target the target
	 * @return where the question mark stands, or the number sign of a fragment, which a
	 * URL may have and what is no request, or the length where there is none
	 */
	static int pathEnd(String target) {
		for (int i = 0; i < target.length(); i++) {
			if (target.charAt(i) == '?' || target.charAt(i) == '#') {
				return i;
			}
		}
		return target.length();
	}

	/**
	 * The path, as it was sent.
	 * @param target the target
	 * @return the path
	 */
	static String path(String target) {
		return target.substring(pathStart(target), pathEnd(target));
	}

}
