package io.millrace.boot.autoconfigure.actuate;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Addresses of clients, which are data about persons: as they are, or as the network that
 * they belong to, 24 bits of IPv4 and 48 of IPv6. That still tells whether many
 * connections come from one place.
 */
final class AddressMask {

	private AddressMask() {
	}

	/**
	 * An address as it is.
	 * @param address the address
	 * @return the numbers without the port
	 */
	static String plain(InetSocketAddress address) {
		InetAddress ip = address.getAddress();
		return (ip != null) ? text(ip) : address.getHostString();
	}

	/**
	 * The network of an address.
	 * @param address the address
	 * @return for example {@code 203.0.113.0/24}, {@code null} where there is no IP
	 * address
	 */
	static @Nullable String masked(InetSocketAddress address) {
		InetAddress ip = address.getAddress();
		if (ip == null) {
			return null;
		}
		byte[] bytes = ip.getAddress();
		if (ip instanceof Inet4Address) {
			return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + ".0/24";
		}
		HexFormat hex = HexFormat.of();
		return group(hex, bytes, 0) + ":" + group(hex, bytes, 2) + ":" + group(hex, bytes, 4) + "::/48";
	}

	private static String group(HexFormat hex, byte[] bytes, int index) {
		return Integer.toHexString(Integer.parseInt(hex.formatHex(bytes, index, index + 2), 16));
	}

	// Without the name of the interface, which an IPv6 address may have behind it.
	private static String text(InetAddress ip) {
		String text = ip.getHostAddress();
		int scope = text.indexOf('%');
		return (scope < 0) ? text : text.substring(0, scope);
	}

}
