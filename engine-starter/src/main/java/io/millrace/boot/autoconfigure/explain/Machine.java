package io.millrace.boot.autoconfigure.explain;

import java.nio.file.Path;

import io.millrace.core.transport.DescriptorLimit;

/**
 * What the engine runs on.
 *
 * @param processors how many processors Java sees
 * @param jvm what this Java has
 * @param descriptors how many files and sockets may be open
 * @param linux what the kernel allows
 */
public record Machine(int processors, Jvm jvm, DescriptorLimit descriptors, LinuxLimits linux) {

	/**
	 * Look at the one that this is.
	 * @return what there is
	 */
	public static Machine current() {
		return new Machine(Runtime.getRuntime().availableProcessors(), Jvm.current(), DescriptorLimit.current(),
				new LinuxLimits(Path.of("/")));
	}

}
