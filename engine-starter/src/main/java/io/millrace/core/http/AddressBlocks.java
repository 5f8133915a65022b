package io.millrace.core.http;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Blocks of IP addresses, for example those of the proxies that are trusted. Immutable.
 */
public final class AddressBlocks {

	private final List<AddressBlock> blocks;

	/**
	 * Read the blocks.
	 * @param texts addresses, or blocks in CIDR notation: {@code 10.0.0.0/8},
	 * {@code fc00::/7}, {@code 192.0.2.1}
	 * @throws IllegalArgumentException where one of them is no block of addresses
	 */
	public AddressBlocks(Collection<String> texts) {
		this.blocks = texts.stream().map(AddressBlock::parse).toList();
	}

	/**
	 * Whether an address is in one of the blocks.
	 * @param address the address, {@code null} where it is not known
	 * @return whether it is in one
	 */
	public boolean contains(@Nullable InetAddress address) {
		if (address != null) {
			for (AddressBlock block : this.blocks) {
				if (block.contains(address)) {
					return true;
				}
			}
		}
		return false;
	}

}
