package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

import io.netty.buffer.ByteBufUtil;

/**
 * The Location of a redirect.
 */
final class Locations {

	private Locations() {
	}

	/**
	 * Make a location absolute against the request (Servlet 6.1 §5.3).
	 * @param location the location as the application gave it
	 * @param request the request
	 * @return an absolute URL, without any character that could end the header field
	 */
	static String absolute(String location, ExchangeServletRequest request) {
		String encoded = encode(location);
		if (hasScheme(encoded)) {
			return encoded;
		}
		String scheme = request.getScheme();
		if (encoded.startsWith("//")) {
			return scheme + ":" + encoded;
		}
		String path = encoded;
		if (!encoded.startsWith("/")) {
			String own = request.getRequestURI();
			boolean same = encoded.isEmpty() || encoded.startsWith("?") || encoded.startsWith("#");
			path = (same ? own : own.substring(0, own.lastIndexOf('/') + 1)) + encoded;
		}
		return scheme + "://" + request.exchange().origin().authority() + normalise(path);
	}

	static boolean hasScheme(String location) {
		for (int i = 0; i < location.length(); i++) {
			char c = location.charAt(i);
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
			if (c == ':') {
				return i > 0;
			}
			if (!letter && (i == 0 || "0123456789+-.".indexOf(c) < 0)) {
				return false;
			}
		}
		return false;
	}

	private static String normalise(String location) {
		int end = 0;
		while (end < location.length() && "?#".indexOf(location.charAt(end)) < 0) {
			end++;
		}
		String path = location.substring(0, end);
		if (!path.contains("/.")) {
			return location;
		}
		Deque<String> segments = new ArrayDeque<>();
		String[] given = path.substring(1).split("/", -1);
		for (int i = 0; i < given.length; i++) {
			boolean dots = given[i].equals(".") || given[i].equals("..");
			if (given[i].equals("..")) {
				segments.pollLast();
			}
			if (!dots) {
				segments.addLast(given[i]);
			}
			else if (i == given.length - 1) {
				segments.addLast("");
			}
		}
		return "/" + String.join("/", segments) + location.substring(end);
	}

	// Leaves alone what is encoded already.
	private static String encode(String location) {
		boolean clean = true;
		for (int i = 0; i < location.length() && clean; i++) {
			clean = location.charAt(i) > ' ' && location.charAt(i) < 0x7f;
		}
		if (clean) {
			return location;
		}
		StringBuilder encoded = new StringBuilder(location.length() + 16);
		for (byte octet : location.getBytes(StandardCharsets.UTF_8)) {
			if (octet > ' ' && octet < 0x7f) {
				encoded.append((char) octet);
			}
			else {
				encoded.append('%').append(ByteBufUtil.hexDump(new byte[] { octet }).toUpperCase(Locale.ROOT));
			}
		}
		return encoded.toString();
	}

}
