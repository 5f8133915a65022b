package io.millrace.core.http;

import java.nio.charset.StandardCharsets;

/**
 * A path as it is compared with those of an application: without the parameters of its
 * segments, its escapes resolved. Nothing else is changed, dot segments neither: who
 * compares paths by segment finds what Spring finds.
 */
public final class PlainPath {

	// An encoded slash separates no segments, so that it is not the same as a slash. No
	// request has a NUL in its path.
	private static final byte ENCODED_SLASH = 0;

	private PlainPath() {
	}

	/**
	 * Make a path plain.
	 * @param path the path of a {@link RequestTarget}
	 * @return the same where there is nothing to do
	 */
	public static String of(String path) {
		return (path.indexOf('%') < 0 && path.indexOf(';') < 0) ? path : resolve(path);
	}

	private static String resolve(String path) {
		byte[] plain = new byte[path.length()];
		int length = 0;
		int at = 0;
		while (at < path.length()) {
			char next = path.charAt(at);
			if (next == ';') {
				at = endOfSegment(path, at);
				continue;
			}
			int resolved = (next == '%') ? octet(path, at) : -1;
			if (resolved >= 0) {
				plain[length++] = (resolved == '/') ? ENCODED_SLASH : (byte) resolved;
				at += 3;
			}
			else {
				plain[length++] = (byte) next;
				at++;
			}
		}
		return new String(plain, 0, length, StandardCharsets.UTF_8);
	}

	private static int endOfSegment(String path, int from) {
		int slash = path.indexOf('/', from);
		return (slash < 0) ? path.length() : slash;
	}

	// Half an escape never gets here: the request was refused.
	private static int octet(String path, int at) {
		if (at + 2 >= path.length()) {
			return -1;
		}
		int high = Character.digit(path.charAt(at + 1), 16);
		int low = Character.digit(path.charAt(at + 2), 16);
		return (high < 0 || low < 0) ? -1 : (high << 4) | low;
	}

}
