package io.millrace.boot.autoconfigure;

import io.millrace.boot.PortPermissionException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells what to do about a port that needs a permission.
 */
class PortPermissionFailureAnalyzer extends AbstractFailureAnalyzer<PortPermissionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PortPermissionException cause) {
		int port = cause.getPort();
		return new FailureAnalysis(
				"Web server failed to start. The operating system does not let this process listen on port " + port
						+ ".",
				"Configure a port above 1023 (server.port) and let a proxy listen on " + port
						+ ", or give the process the right to it: on Linux the capability CAP_NET_BIND_SERVICE, or the "
						+ "sysctl net.ipv4.ip_unprivileged_port_start=" + port + ".",
				cause);
	}

}
