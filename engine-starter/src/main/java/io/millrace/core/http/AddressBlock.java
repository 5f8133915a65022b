package io.millrace.core.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * A block of IP addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). Immutable.
 */
final class AddressBlock {

	private final byte[] network;

	private final int bits;

	private AddressBlock(byte[] network, int bits) {
		this.network = network;
		this.bits = bits;
	}

	/**
	 * Read a block.
	 * @param text an address, or an address and the length of its prefix:
	 * {@code 10.0.0.0/8}, {@code fc00::/7}, {@code 192.0.2.1}
	 * @return the block
	 * @throws IllegalArgumentException where it is none
	 */
	static AddressBlock parse(String text) {
		int slash = text.indexOf('/');
		InetAddress address = parseAddress((slash < 0) ? text : text.substring(0, slash));
		if (address == null) {
			throw invalid(text);
		}
		byte[] network = address.getAddress();
		int length = network.length * 8;
		int bits = (slash < 0) ? length : parseBits(text, slash + 1);
		if (bits > length) {
			throw invalid(text);
		}
		return new AddressBlock(network, bits);
	}

	private static int parseBits(String text, int start) {
		int bits = 0;
		for (int i = start; i < text.length(); i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9 || i > start + 2) {
				throw invalid(text);
			}
			bits = bits * 10 + digit;
		}
		if (start == text.length()) {
			throw invalid(text);
		}
		return bits;
	}

	private static IllegalArgumentException invalid(String text) {
		return new IllegalArgumentException(
				"'" + text + "' is no block of addresses, such as 10.0.0.0/8, fc00::/7 or 192.0.2.1");
	}

	/**
	 * Read an address without asking a name server.
	 * @param text an IPv4 address, or an IPv6 address without brackets
	 * @return the address, {@code null} where it is none
	 */
	static @Nullable InetAddress parseAddress(String text) {
		byte[] address = text.isEmpty() ? null : NetUtil.createByteArrayFromIpAddressString(text);
		if (address == null) {
			return null;
		}
		try {
			// An IPv4 address in IPv6 form becomes an IPv4 address here.
			return InetAddress.getByAddress(address);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Whether an address is in this block.
	 * @param address the address
	 * @return whether its first bits are those of the block
	 */
	boolean contains(InetAddress address) {
		byte[] other = address.getAddress();
		if (other.length != this.network.length) {
			return false;
		}
		int whole = this.bits / 8;
		for (int i = 0; i < whole; i++) {
			if (other[i] != this.network[i]) {
				return false;
			}
		}
		int rest = this.bits % 8;
		int mask = 0xFF00 >> rest & 0xFF;
		return rest == 0 || (other[whole] & mask) == (this.network[whole] & mask);
	}

}
