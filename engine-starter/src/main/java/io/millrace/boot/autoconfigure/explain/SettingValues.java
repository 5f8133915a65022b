package io.millrace.boot.autoconfigure.explain;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

import io.millrace.boot.autoconfigure.MillraceProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Values as one writes them: {@code 20s}, {@code 8KB}, {@code adaptive}.
 */
final class SettingValues {

	private static final long[] MILLIS = { 86_400_000, 3_600_000, 60_000, 1000 };

	private static final String[] TIME_UNITS = { "d", "h", "m", "s" };

	private static final String[] SIZE_UNITS = { "TB", "GB", "MB", "KB" };

	private SettingValues() {
	}

	/**
	 * Write a value.
	 * @param value the value
	 * @return a string, a number or a boolean
	 */
	static @Nullable Object of(@Nullable Object value) {
		if (value == null || value instanceof Number || value instanceof Boolean) {
			return value;
		}
		if (value instanceof Duration duration) {
			return duration(duration);
		}
		if (value instanceof DataSize size) {
			return size(size.toBytes());
		}
		if (value instanceof Enum<?> constant) {
			String name = constant.name().toLowerCase(Locale.ROOT);
			// io_uring is its own name.
			return (constant instanceof MillraceProperties.Transport) ? name : name.replace('_', '-');
		}
		if (value instanceof InetAddress address) {
			return address.getHostAddress();
		}
		if (value instanceof Class<?> type) {
			return type.getName();
		}
		if (value instanceof Collection<?> collection) {
			return collection.stream().map(String::valueOf).collect(Collectors.joining(", "));
		}
		return value.toString();
	}

	private static String duration(Duration duration) {
		if (duration.toNanosPart() % 1_000_000 != 0) {
			return duration.toNanos() + "ns";
		}
		long millis = duration.toMillis();
		for (int i = 0; i < MILLIS.length; i++) {
			// One day is written as 24h, and one hour as 60m, as most people do.
			if (millis != 0 && millis % MILLIS[i] == 0 && Math.abs(millis / MILLIS[i]) > 1) {
				return millis / MILLIS[i] + TIME_UNITS[i];
			}
		}
		return (millis % 1000 == 0) ? millis / 1000 + "s" : millis + "ms";
	}

	private static String size(long bytes) {
		for (int i = 0; i < SIZE_UNITS.length; i++) {
			long unit = 1L << (10 * (SIZE_UNITS.length - i));
			if (bytes != 0 && bytes % unit == 0) {
				return bytes / unit + SIZE_UNITS[i];
			}
		}
		return bytes + "B";
	}

}
