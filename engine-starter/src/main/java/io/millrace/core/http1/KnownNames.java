package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Methods and field names that come again and again, so that they are not made anew for
 * every request. A name is taken only if it is the same to the letter: applications see
 * what the client has sent.
 */
final class KnownNames {

	private static final String[] METHODS = { "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH" };

	// A power of two, large enough that few names share a slot; one that does is simply
	// not found.
	private static final @Nullable AsciiString[] FIELDS = new AsciiString[1024];

	static {
		String[] names = { "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization",
				"Cache-Control", "Connection", "Content-Disposition", "Content-Encoding", "Content-Length",
				"Content-Type", "Cookie", "DNT", "Expect", "Forwarded", "Host", "If-Match", "If-Modified-Since",
				"If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Origin", "Pragma", "Priority",
				"Range", "Referer", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest",
				"Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
				"Upgrade-Insecure-Requests", "User-Agent", "Via", "X-Correlation-ID", "X-Forwarded-For",
				"X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID",
				"X-Requested-With", "X-CSRF-TOKEN", "X-XSRF-TOKEN", "traceparent", "tracestate", "baggage" };
		for (String name : names) {
			put(name);
			put(name.toLowerCase(java.util.Locale.ROOT));
		}
	}

	private KnownNames() {
	}

	private static void put(String name) {
		byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
		AsciiString known = AsciiString.cached(name);
		FIELDS[slot(bytes, 0, bytes.length)] = known;
	}

	private static int slot(byte[] bytes, int start, int end) {
		int length = end - start;
		int hash = length * 31 + bytes[start];
		hash = hash * 31 + bytes[end - 1];
		hash = hash * 31 + bytes[start + length / 2];
		hash = hash * 31 + bytes[start + length / 3];
		return (hash ^ (hash >>> 10)) & (FIELDS.length - 1);
	}

	/**
	 * The name of a field.
	 * @param bytes where it stands
	 * @param start where it starts
	 * @param end where it ends, after {@code start}
	 * @return the name
	 */
	static CharSequence field(byte[] bytes, int start, int end) {
		AsciiString known = FIELDS[slot(bytes, start, end)];
		if (known != null && java.util.Arrays.equals(known.array(), 0, known.length(), bytes, start, end)) {
			return known;
		}
		return new AsciiString(bytes, start, end - start, true);
	}

	/**
	 * A method.
	 * @param bytes where it stands, at index 0
	 * @param end where it ends
	 * @return the method
	 */
	static String method(byte[] bytes, int end) {
		for (String known : METHODS) {
			if (known.length() == end && matches(known, bytes)) {
				return known;
			}
		}
		return new String(bytes, 0, end, StandardCharsets.US_ASCII);
	}

	private static boolean matches(String known, byte[] bytes) {
		for (int i = 0; i < known.length(); i++) {
			if (known.charAt(i) != bytes[i]) {
				return false;
			}
		}
		return true;
	}

}
