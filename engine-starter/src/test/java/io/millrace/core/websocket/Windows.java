package io.millrace.core.websocket;

import java.util.ArrayList;
import java.util.List;

/**
 * Decodes DEFLATE (RFC 1951) just far enough to see how far back it refers.
 */
final class Windows {

	private static final int[] LENGTH_BITS = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
			5, 5, 5, 5, 0 };

	private static final int[] ORDER = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };

	private final byte[] bytes;

	private int bit;

	private int furthest;

	private Windows(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * The longest distance of all references.
	 * @param message a compressed message, without its last four bytes
	 * @return the distance, 0 where there is no reference
	 */
	static int furthest(byte[] message) {
		byte[] whole = java.util.Arrays.copyOf(message, message.length + 4);
		whole[message.length + 2] = (byte) 0xFF;
		whole[message.length + 3] = (byte) 0xFF;
		Windows windows = new Windows(whole);
		while (windows.bit + 3 <= whole.length * 8) {
			windows.block();
		}
		return windows.furthest;
	}

	private int bits(int count) {
		int value = 0;
		for (int i = 0; i < count; i++, this.bit++) {
			value |= ((this.bytes[this.bit >> 3] >> (this.bit & 7)) & 1) << i;
		}
		return value;
	}

	private void block() {
		bits(1);
		switch (bits(2)) {
			case 0 -> {
				this.bit = (this.bit + 7) & ~7;
				int length = bits(16);
				this.bit += 16 + length * 8;
			}
			case 1 -> codes(fixed(), codes(30, 5));
			case 2 -> dynamic();
			default -> throw new IllegalStateException("No such block");
		}
	}

	private static int[] codes(int count, int length) {
		int[] lengths = new int[count];
		java.util.Arrays.fill(lengths, length);
		return lengths;
	}

	private static int[] fixed() {
		int[] lengths = codes(288, 8);
		java.util.Arrays.fill(lengths, 144, 256, 9);
		java.util.Arrays.fill(lengths, 256, 280, 7);
		return lengths;
	}

	private void dynamic() {
		int literals = bits(5) + 257;
		int distances = bits(5) + 1;
		int[] lengths = new int[19];
		int known = bits(4) + 4;
		for (int i = 0; i < known; i++) {
			lengths[ORDER[i]] = bits(3);
		}
		List<Integer> all = new ArrayList<>();
		while (all.size() < literals + distances) {
			int symbol = symbol(lengths);
			int repeated = (symbol == 16) ? all.get(all.size() - 1) : (symbol < 16) ? symbol : 0;
			int times = (symbol == 16) ? 3 + bits(2) : (symbol == 17) ? 3 + bits(3) : (symbol == 18) ? 11 + bits(7) : 1;
			for (int i = 0; i < times; i++) {
				all.add(repeated);
			}
		}
		int[] table = all.stream().mapToInt(Integer::intValue).toArray();
		codes(java.util.Arrays.copyOf(table, literals), java.util.Arrays.copyOfRange(table, literals, table.length));
	}

	private void codes(int[] literals, int[] distances) {
		int symbol;
		while ((symbol = symbol(literals)) != 256) {
			if (symbol > 256) {
				bits(LENGTH_BITS[symbol - 257]);
				int code = symbol(distances);
				int extra = Math.max(0, code / 2 - 1);
				int base = (code < 4) ? code + 1 : ((2 + (code & 1)) << extra) + 1;
				this.furthest = Math.max(this.furthest, base + bits(extra));
			}
		}
	}

	// RFC 1951 §3.2.2.
	private int symbol(int[] lengths) {
		int code = 0;
		int first = 0;
		for (int length = 1; length <= 15; length++) {
			code |= bits(1);
			int count = 0;
			for (int symbol = 0; symbol < lengths.length; symbol++) {
				if (lengths[symbol] == length) {
					if (code - first == count) {
						return symbol;
					}
					count++;
				}
			}
			first = (first + count) << 1;
			code <<= 1;
		}
		throw new IllegalStateException("No such code");
	}

}
