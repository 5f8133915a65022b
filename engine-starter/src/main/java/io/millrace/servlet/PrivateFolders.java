package io.millrace.servlet;

/**
 * The folders of an application that no client sees: {@code WEB-INF} and {@code META-INF}
 * (Servlet 6.1 §10.5).
 */
final class PrivateFolders {

	private static final String WEB_INF = "/WEB-INF";

	private static final String META_INF = "/META-INF";

	private PrivateFolders() {
	}

	/**
	 * Whether a path leads into one of them, in any case, because the file system may not
	 * tell cases apart.
	 * @param path the canonical path within the context
	 * @return whether it does
	 */
	static boolean contain(String path) {
		if (path.length() < WEB_INF.length()) {
			return false;
		}
		return switch (path.charAt(1)) {
			case 'W', 'w' -> isWithin(WEB_INF, path);
			case 'M', 'm' -> isWithin(META_INF, path);
			default -> false;
		};
	}

	private static boolean isWithin(String folder, String path) {
		return path.regionMatches(true, 0, folder, 0, folder.length())
				&& (path.length() == folder.length() || path.charAt(folder.length()) == '/');
	}

}
