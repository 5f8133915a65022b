package io.millrace.accesslog;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

import io.netty.util.NetUtil;

/**
 * Writes addresses: IPv6 as RFC 5952 wants it, and without the zone, which means
 * something on this machine only.
 */
final class Addresses {

	// Of IPv6, as much as somebody gets for all networks of a site.
	private static final int SITE_BYTES = 6;

	private Addresses() {
	}

	/**
	 * Append an address.
	 * @param line where to
	 * @param address the address; of one without IP, as unix sockets have, a hyphen is
	 * written
	 * @param masked whether to write its network only
	 */
	static void append(Line line, InetSocketAddress address, boolean masked) {
		InetAddress ip = address.getAddress();
		if (ip == null) {
			line.append('-');
		}
		else if (ip instanceof Inet4Address) {
			byte[] bytes = ip.getAddress();
			line.append(bytes[0] & 0xff).append('.').append(bytes[1] & 0xff).append('.').append(bytes[2] & 0xff);
			line.append('.').append(masked ? 0 : bytes[3] & 0xff);
		}
		else {
			line.append(masked ? site(ip) : NetUtil.toAddressString(ip));
		}
	}

	private static String site(InetAddress ip) {
		byte[] bytes = ip.getAddress();
		Arrays.fill(bytes, SITE_BYTES, bytes.length, (byte) 0);
		return NetUtil.bytesToIpAddress(bytes);
	}

}
