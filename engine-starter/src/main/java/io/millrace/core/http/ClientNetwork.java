package io.millrace.core.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Whom an address stands for where clients are counted: an IPv4 address for itself, an
 * IPv6 address for its network of 64 bits, since whoever has one address there has them
 * all (RFC 4291 §2.5.1, RFC 6177).
 */
public final class ClientNetwork {

	private static final int PREFIX_BYTES = 8;

	private ClientNetwork() {
	}

	/**
	 * The network of a client.
	 * @param client its address
	 * @return the address itself, or the first of its network, without a scope
	 */
	public static InetAddress of(InetAddress client) {
		if (!(client instanceof Inet6Address)) {
			return client;
		}
		byte[] network = client.getAddress();
		Arrays.fill(network, PREFIX_BYTES, network.length, (byte) 0);
		try {
			return InetAddress.getByAddress(network);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("An IPv6 address has not 16 bytes", ex);
		}
	}

}
