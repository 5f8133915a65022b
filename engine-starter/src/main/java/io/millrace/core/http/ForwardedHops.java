package io.millrace.core.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What proxies have written about a request, hop by hop: the element with index 0 was
 * written by the nearest proxy. Elements are as they came and checked when they are asked
 * for.
 *
 * @param addresses whom the proxy had as client
 * @param protos the scheme the proxy was asked with
 * @param hosts the host the proxy was asked for
 * @param ports the port the proxy was asked on
 */
record ForwardedHops(List<String> addresses, List<String> protos, List<String> hosts, List<String> ports) {

	/**
	 * Read the {@code X-Forwarded-*} headers.
	 * @param headers the headers of a request
	 * @return the hops, {@code null} if there is none of these headers
	 */
	static @Nullable ForwardedHops ofXForwarded(HttpHeaders headers) {
		ForwardedHops hops = new ForwardedHops(list(headers, "X-Forwarded-For"), list(headers, "X-Forwarded-Proto"),
				list(headers, "X-Forwarded-Host"), list(headers, "X-Forwarded-Port"));
		return (hops.addresses.isEmpty() && hops.protos.isEmpty() && hops.hosts.isEmpty() && hops.ports.isEmpty())
				? null : hops;
	}

	private static List<String> list(HttpHeaders headers, String name) {
		if (!headers.contains(name)) {
			return List.of();
		}
		List<String> elements = new ArrayList<>(2);
		for (String value : headers.getAll(name)) {
			for (String element : value.split(",", -1)) {
				elements.add(element.strip());
			}
		}
		Collections.reverse(elements);
		return elements;
	}

	/**
	 * Read the {@code Forwarded} header (RFC 7239 §4).
	 * @param headers the headers of a request
	 * @return the hops, {@code null} if there is no such header or it is malformed
	 */
	static @Nullable ForwardedHops ofForwarded(HttpHeaders headers) {
		if (!headers.contains("Forwarded")) {
			return null;
		}
		ForwardedHops hops = new ForwardedHops(new ArrayList<>(2), new ArrayList<>(2), new ArrayList<>(2), List.of());
		// RFC 9110 §5.3: several lines are one list.
		if (!new ForwardedParser(String.join(",", headers.getAll("Forwarded"))).parseInto(hops)) {
			return null;
		}
		Collections.reverse(hops.addresses);
		Collections.reverse(hops.protos);
		Collections.reverse(hops.hosts);
		return hops;
	}

	/**
	 * The client of a hop.
	 * @param hop the index
	 * @return its address, with port 0 where none was written, {@code null} where it is
	 * unknown, hidden or malformed
	 */
	@Nullable InetSocketAddress address(int hop) {
		String text = this.addresses.get(hop);
		String host = text;
		int port = 0;
		int colon = text.lastIndexOf(':');
		if (text.startsWith("[")) {
			int end = text.indexOf(']');
			if (end < 0) {
				return null;
			}
			host = text.substring(1, end);
			port = (end + 1 == text.length()) ? 0 : parsePort(text, end + 1);
		}
		else if (colon >= 0 && text.indexOf(':') == colon) {
			host = text.substring(0, colon);
			port = parsePort(text, colon);
		}
		InetAddress address = AddressBlock.parseAddress(host);
		// A port may be hidden too (RFC 7239 §6): the address is good without.
		return (address != null) ? new InetSocketAddress(address, Math.max(port, 0)) : null;
	}

	/**
	 * The scheme of a hop.
	 * @param hop the index
	 * @return {@code http} or {@code https}, {@code null} where neither was written
	 */
	@Nullable String proto(int hop) {
		return switch (element(this.protos, hop).toLowerCase(Locale.ROOT)) {
			case "http", "ws" -> "http";
			case "https", "wss" -> "https";
			default -> null;
		};
	}

	/**
	 * The host of a hop.
	 * @param hop the index
	 * @return the host, {@code null} where none was written or it is malformed
	 */
	@Nullable Authority authority(int hop) {
		String text = element(this.hosts, hop);
		int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
		end = (end < 0) ? text.length() : end;
		int port = (end < text.length()) ? parsePort(text, end) : 0;
		String host = text.substring(0, end);
		return (isHost(host) && port >= 0) ? new Authority(host, port) : null;
	}

	/**
	 * The port of a hop.
	 * @param hop the index
	 * @return the port, 0 or less where none was written or it is malformed
	 */
	int port(int hop) {
		return parsePort(":" + element(this.ports, hop), 0);
	}

	// Some proxies overwrite where others add: where there is less than one element for
	// each hop, the farthest is the best.
	private static String element(List<String> elements, int hop) {
		return elements.isEmpty() ? "" : elements.get(Math.min(hop, elements.size() - 1));
	}

	private static boolean isHost(String host) {
		if (host.startsWith("[")) {
			return host.endsWith("]") && AddressBlock.parseAddress(host.substring(1, host.length() - 1)) != null;
		}
		for (int i = 0; i < host.length(); i++) {
			char c = host.charAt(i);
			boolean valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
					|| c == '.' || c == '_';
			if (!valid) {
				return false;
			}
		}
		return !host.isEmpty();
	}

	private static int parsePort(String text, int colon) {
		int length = text.length() - colon - 1;
		if (text.charAt(colon) != ':' || length < 1 || length > 5) {
			return -1;
		}
		int port = 0;
		for (int i = colon + 1; i < text.length(); i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				return -1;
			}
			port = port * 10 + digit;
		}
		return (port >= 1 && port <= 65535) ? port : -1;
	}

	/**
	 * A host, IPv6 addresses in brackets, and its port, 0 where there is none.
	 *
	 * @param host the host
	 * @param port the port
	 */
	record Authority(String host, int port) {

	}

}
