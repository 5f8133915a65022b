package io.millrace.core.http;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The proxies that are believed what they say of their clients: blocks of IP addresses,
 * and whoever may connect to a Unix domain socket, which permissions of its file decide.
 * Immutable.
 */
public final class TrustedProxies {

	/** Stands among the addresses for the peers of Unix domain sockets. */
	public static final String UNIX = "unix";

	private final AddressBlocks blocks;

	private final boolean unix;

	/**
	 * Read the proxies.
	 * @param texts addresses, blocks in CIDR notation, or {@link #UNIX}
	 * @throws IllegalArgumentException where one of them is none of these
	 */
	public TrustedProxies(Collection<String> texts) {
		this.blocks = new AddressBlocks(addresses(texts));
		this.unix = texts.stream().anyMatch(TrustedProxies::isUnix);
	}

	/**
	 * The addresses among proxies.
	 * @param texts addresses, blocks in CIDR notation, or {@link #UNIX}
	 * @return all but the last
	 */
	public static List<String> addresses(Collection<String> texts) {
		return texts.stream().filter((text) -> !isUnix(text)).toList();
	}

	private static boolean isUnix(String text) {
		return text.strip().equalsIgnoreCase(UNIX);
	}

	/**
	 * Whether an address is that of a proxy that is trusted.
	 * @param address the address, {@code null} where it is not known
	 * @return whether it is
	 */
	public boolean contains(@Nullable InetAddress address) {
		return this.blocks.contains(address);
	}

	/**
	 * Whether the peers of Unix domain sockets are trusted.
	 * @return whether they are
	 */
	public boolean containsUnix() {
		return this.unix;
	}

	/**
	 * Whether the peer of a connection is trusted.
	 * @param connection the connection
	 * @return whether it is
	 */
	public boolean contains(ConnectionInfo connection) {
		return connection.isUnixDomain() ? this.unix : contains(connection.remoteAddress().getAddress());
	}

}
