package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The memory of this process, in bytes.
 *
 * @param heapUsed of the heap what is in use
 * @param heapCommitted of the heap what the system has given
 * @param heapMax how large the heap may grow, -1 where nobody knows
 * @param direct buffers of the JDK outside of the heap
 * @param resident what of all is in the machine's memory, -1 where nobody knows
 */
record ProcessMemory(long heapUsed, long heapCommitted, long heapMax, long direct, long resident) {

	private static final Path STATUS = Path.of("/proc/self/status");

	static ProcessMemory read() {
		MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
		long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
		return new ProcessMemory(heap.getUsed(), heap.getCommitted(), heap.getMax(), direct, readResident());
	}

	// Linux only.
	private static long readResident() {
		if (!Files.isReadable(STATUS)) {
			return -1;
		}
		try (Stream<String> lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
				.findFirst()
				.orElse(-1);
		}
		catch (IOException | NumberFormatException ex) {
			return -1;
		}
	}

}
