package io.millrace.boot.autoconfigure;

import io.millrace.core.transport.TransportUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells why a transport that is asked for by name does not work here.
 */
class TransportUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<TransportUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TransportUnavailableException cause) {
		String id = cause.transport().id();
		String remedy = switch (cause.transport()) {
			case IO_URING ->
				"It needs Linux 5.9 or later, the sysctl kernel.io_uring_disabled=0, a container that does not "
						+ "filter the io_uring system calls, and the library netty-transport-native-io_uring of this "
						+ "processor on the class path.";
			case EPOLL ->
				"It needs Linux and the library netty-transport-native-epoll of this processor on the class " + "path.";
			case KQUEUE ->
				"It needs macOS or BSD and the library netty-transport-native-kqueue of this processor on the "
						+ "class path.";
			case NIO -> "";
		};
		return new FailureAnalysis(
				"The transport of 'millrace.transport=" + id + "' does not work here: " + reason(cause),
				remedy + " Or set millrace.transport=auto, which takes the best that works.", cause);
	}

	// Netty wraps what the loader said.
	private static String reason(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return (root.getMessage() != null) ? root.getMessage() : root.toString();
	}

}
