package io.millrace.core.transport;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files and sockets this process may have open. Asked when the process has
 * descriptors left: without any, even looking up how many there are fails.
 *
 * @param allowed how many it may have, -1 where the system does not tell
 * @param open how many it had when it was asked, 0 where the system does not tell
 */
public record DescriptorLimit(long allowed, long open) {

	static final String REMEDY = "Allow more (ulimit -n, LimitNOFILE= of a systemd service, --ulimit nofile of a "
			+ "container), or fewer connections (millrace.max-connections)";

	private static final Logger logger = LoggerFactory.getLogger(DescriptorLimit.class);

	/**
	 * Ask the system.
	 * @return how many there are and may be
	 */
	public static DescriptorLimit current() {
		try {
			if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
				return new DescriptorLimit(unix.getMaxFileDescriptorCount(),
						Math.max(0, unix.getOpenFileDescriptorCount()));
			}
		}
		catch (LinkageError ex) {
			logger.debug("This Java runtime has no module jdk.management", ex);
		}
		return new DescriptorLimit(-1, 0);
	}

	/**
	 * Warn where not as many connections can be open as are allowed.
	 * @param maxConnections how many are allowed, 0 for no limit
	 */
	void warn(int maxConnections) {
		if (this.allowed >= 0 && maxConnections > this.allowed - this.open) {
			logger.warn(
					"{} connections are allowed, and the process may have {} files and sockets open, of which {} are in "
							+ "use already. {}",
					maxConnections, this.allowed, this.open, REMEDY);
		}
	}

}
