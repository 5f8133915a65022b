package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.transport.DescriptorLimit;

/**
 * Looks whether the process may have as many files and sockets open as connections are
 * allowed.
 */
class DescriptorAdvisor implements Advisor {

	// Jars, logs, connections to others.
	private static final int OTHERS = 256;

	private static final int FEW = 8192;

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		DescriptorLimit descriptors = situation.machine().descriptors();
		long connections = situation.config().listener().maxConnections();
		long allowed = descriptors.allowed();
		if (allowed < 0) {
			return;
		}
		if (connections > 0 && connections + OTHERS > allowed) {
			advice.accept(Advice.warning("open-files",
					connections + " connections are allowed (millrace.max-connections), and the process may have "
							+ allowed + " files and sockets open (ulimit -n)",
					"Each connection is one. Without any left no connection is accepted, and no file, log or database "
							+ "connection can be opened",
					"ulimit -n " + (2 * connections) + " (LimitNOFILE= of a systemd service, --ulimit nofile of a "
							+ "container), or millrace.max-connections=" + Math.max(1, allowed - OTHERS)));
		}
		else if (connections == 0 && allowed < FEW) {
			advice.accept(Advice.warning("open-files", "the process may have " + allowed
					+ " files and sockets open (ulimit -n), and nothing limits how many " + "connections there are",
					"Without any left no connection is accepted, and no file, log or database connection can be opened",
					"ulimit -n 65536 (LimitNOFILE= of a systemd service, --ulimit nofile of a container), or "
							+ "millrace.max-connections=" + Math.max(1, allowed - OTHERS)));
		}
	}

}
