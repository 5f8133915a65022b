package io.millrace.boot.autoconfigure.explain;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel allows: of the machine, and of the control group that the process is
 * in, version 2 or 1. What cannot be read, as on other systems, is not known.
 *
 * @param root where the file system begins, {@code /} but for tests
 */
public record LinuxLimits(Path root) {

	// Version 1 says so in bytes what no machine has.
	private static final long NO_MEMORY_LIMIT = Long.MAX_VALUE / 2;

	/**
	 * How many connections the kernel keeps at most for a socket until they are accepted.
	 * @return {@code net.core.somaxconn}, {@code null} where it is not known
	 */
	public @Nullable Integer somaxconn() {
		String text = read(this.root.resolve("proc/sys/net/core/somaxconn"));
		return (text != null && text.matches("\\d{1,9}")) ? Integer.valueOf(text) : null;
	}

	/**
	 * How many processors the process may have.
	 * @return the limit of its control group, {@code null} where there is none
	 */
	public @Nullable Double cpus() {
		return lowest("cpu", this::cpusOfVersion2, this::cpusOfVersion1, Math::min);
	}

	/**
	 * How much memory the process may have.
	 * @return the limit of its control group in bytes, {@code null} where there is none
	 */
	public @Nullable Long memory() {
		return lowest("memory", (group) -> bytes(read(group.resolve("memory.max"))),
				(group) -> bytes(read(group.resolve("memory.limit_in_bytes"))), Math::min);
	}

	/**
	 * How often the process was stopped because it had used up its processors.
	 * @return the share of periods, 0 to 1, {@code null} where it is not known
	 */
	public @Nullable Double throttled() {
		return lowest("cpu", LinuxLimits::throttledIn, LinuxLimits::throttledIn, Math::max);
	}

	private @Nullable Double cpusOfVersion2(Path group) {
		String text = read(group.resolve("cpu.max"));
		String[] parts = (text != null) ? text.split("\\s+") : new String[0];
		return (parts.length == 2) ? ratio(parts[0], parts[1]) : null;
	}

	private @Nullable Double cpusOfVersion1(Path group) {
		String quota = read(group.resolve("cpu.cfs_quota_us"));
		String period = read(group.resolve("cpu.cfs_period_us"));
		return (quota != null && period != null) ? ratio(quota, period) : null;
	}

	private static @Nullable Double throttledIn(Path group) {
		String text = read(group.resolve("cpu.stat"));
		if (text == null) {
			return null;
		}
		String periods = "0";
		String throttled = "0";
		for (String line : text.split("\n")) {
			periods = line.startsWith("nr_periods ") ? line.substring("nr_periods ".length()).strip() : periods;
			throttled = line.startsWith("nr_throttled ") ? line.substring("nr_throttled ".length()).strip() : throttled;
		}
		return ratio(throttled, periods);
	}

	// Unlimited is max in version 2 and -1 in version 1.
	private static @Nullable Double ratio(String quota, String period) {
		if (!quota.matches("\\d{1,18}") || !period.matches("\\d{1,18}") || Long.parseLong(period) == 0) {
			return null;
		}
		return (double) Long.parseLong(quota) / Long.parseLong(period);
	}

	private static @Nullable Long bytes(@Nullable String text) {
		if (text == null || !text.matches("\\d{1,18}")) {
			return null;
		}
		long bytes = Long.parseLong(text);
		return (bytes < NO_MEMORY_LIMIT) ? bytes : null;
	}

	// A group has the limits of those that it is in. In a container the files are often
	// those of its own group, whatever the path says.
	private <T> @Nullable T lowest(String controller, Function<Path, @Nullable T> version2,
			Function<Path, @Nullable T> version1, BinaryOperator<T> lower) {
		Path mount = this.root.resolve("sys/fs/cgroup");
		T found = walk(mount, path(""), version2, null, lower);
		return (found != null) ? found : walk(mount.resolve(controller), path(controller), version1, null, lower);
	}

	private static <T> @Nullable T walk(Path mount, String path, Function<Path, @Nullable T> reader,
			@Nullable T otherwise, BinaryOperator<T> lower) {
		T found = otherwise;
		Path group = mount.resolve(path).normalize();
		while (group != null && group.startsWith(mount)) {
			T here = reader.apply(group);
			if (here != null) {
				found = (found != null) ? lower.apply(found, here) : here;
			}
			group = group.getParent();
		}
		return found;
	}

	// Lines of /proc/self/cgroup are number:controllers:/path.
	private String path(String controller) {
		String text = read(this.root.resolve("proc/self/cgroup"));
		for (String line : (text != null) ? text.split("\n") : new String[0]) {
			String[] parts = line.split(":", 3);
			if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
				return parts[2].replaceFirst("^/+", "");
			}
		}
		return "";
	}

	// Not in one go: the size of such a file is 0, so that the JDK would ask for a single
	// byte first, and what follows is not to be had of a sysctl then.
	private static @Nullable String read(Path file) {
		try (BufferedReader reader = Files.newBufferedReader(file)) {
			return reader.lines().collect(Collectors.joining("\n")).strip();
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

}
