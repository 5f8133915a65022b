package io.millrace.boot.autoconfigure.explain;

import java.lang.management.ManagementFactory;
import java.util.Locale;

import io.netty.util.internal.PlatformDependent;

/**
 * What this Java has.
 *
 * @param version the feature version, such as 21
 * @param maxHeap bytes that the heap may grow to
 * @param maxDirect bytes that there may be outside of the heap, in buffers
 * @param threadStack bytes of the stack of a thread, as far as somebody has said so,
 * otherwise 1 MB
 */
public record Jvm(int version, long maxHeap, long maxDirect, long threadStack) {

	private static final long MEGABYTE = 1024 * 1024;

	/**
	 * Look at the one that runs.
	 * @return what it has
	 */
	public static Jvm current() {
		return new Jvm(Runtime.version().feature(), Runtime.getRuntime().maxMemory(),
				PlatformDependent.maxDirectMemory(), stackSize());
	}

	private static long stackSize() {
		for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
			if (argument.matches("-Xss\\d+[kKmMgG]?")) {
				return bytes(argument.substring("-Xss".length()));
			}
		}
		return MEGABYTE;
	}

	static long bytes(String size) {
		String lower = size.toLowerCase(Locale.ROOT);
		int shift = switch (lower.charAt(lower.length() - 1)) {
			case 'k' -> 10;
			case 'm' -> 20;
			case 'g' -> 30;
			default -> 0;
		};
		return Long.parseLong((shift == 0) ? lower : lower.substring(0, lower.length() - 1)) << shift;
	}

}
