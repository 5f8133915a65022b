package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether there is a better way to talk to the kernel.
 */
class TransportAdvisor implements Advisor {

	private final boolean linux;

	private final Transport best;

	private final @Nullable Throwable epollFailure;

	TransportAdvisor() {
		this(System.getProperty("os.name", "").startsWith("Linux"), Transport.best(),
				Transport.EPOLL.unavailabilityCause());
	}

	TransportAdvisor(boolean linux, Transport best, @Nullable Throwable epollFailure) {
		this.linux = linux;
		this.best = best;
		this.epollFailure = epollFailure;
	}

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		Transport transport = situation.transport();
		if (transport == Transport.NIO && this.best != Transport.NIO) {
			advice.accept(Advice.warning("transport",
					"the transport is nio (millrace.transport), and " + this.best.id() + " works here",
					"It needs more processor time for each request", "millrace.transport=auto"));
		}
		else if (transport == Transport.NIO && this.linux && this.epollFailure != null) {
			advice.accept(Advice.warning("transport-fallback",
					"the transport is nio, since epoll does not work here: " + cause(this.epollFailure),
					"It needs more processor time for each request",
					"netty-transport-native-epoll of this processor on the class path, and a directory for temporary files "
							+ "that may be executed from (-Dio.netty.native.workdir)"));
		}
		else if (transport == Transport.IO_URING && this.best == Transport.EPOLL) {
			advice.accept(Advice.info("transport-io-uring", "the transport is io_uring (millrace.transport)",
					"It was measured to be slower than epoll in most cases, see docs/benchmarks.md",
					"measure it with the application, or millrace.transport=auto"));
		}
	}

	private static String cause(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return String.valueOf(cause.getMessage());
	}

}
