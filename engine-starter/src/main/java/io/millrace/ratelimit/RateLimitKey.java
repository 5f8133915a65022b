package io.millrace.ratelimit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.millrace.core.http.ClientNetwork;
import io.millrace.core.http.Exchange;
import java.net.InetAddress;

/**
 * Which requests share a bucket. Keys are equal where they do, and have a text that tells
 * them apart.
 */
@FunctionalInterface
public interface RateLimitKey {

	/** Those of one client: an IPv4 address, or an IPv6 network of 64 bits. */
	RateLimitKey CLIENT = RateLimitKey::client;

	/** All together. */
	RateLimitKey GLOBAL = (exchange) -> "all";

	/**
	 * Find the key of a request. Called by its event loop, must not block.
	 * @param exchange the request
	 * @return the key
	 */
	Object of(Exchange exchange);

	/**
	 * Those with the same value of a header field; one without it is its client's.
	 * @param name the name of the field
	 * @return the key
	 */
	static RateLimitKey header(String name) {
		return (exchange) -> {
			String value = exchange.request().headers().get(name);
			return (value != null) ? Header.of(value) : client(exchange);
		};
	}

	private static Object client(Exchange exchange) {
		InetAddress address = exchange.client().getAddress();
		return (address != null) ? ClientNetwork.of(address) : "unknown";
	}

	/**
	 * The value of a header field. Long ones, which clients may invent, are kept as a
	 * digest.
	 *
	 * @param value the value or its digest
	 */
	record Header(String value) {

		private static final int LONGEST = 64;

		static Header of(String value) {
			return new Header((value.length() <= LONGEST) ? value : digest(value));
		}

		private static String digest(String value) {
			try {
				MessageDigest digest = MessageDigest.getInstance("SHA-256");
				return "#" + HexFormat.of().formatHex(digest.digest(value.getBytes(StandardCharsets.UTF_8)));
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException("Every Java platform has SHA-256", ex);
			}
		}

		@Override
		public String toString() {
			return "=" + this.value;
		}

	}

}
