package io.millrace.boot;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.millrace.core.transport.Listener;
import io.millrace.core.transport.ListenerConfig;

/**
 * Where an engine listens, in the words of Boot's own servers.
 *
 * @param listeners what is bound
 */
record ListenerDescription(List<Listener> listeners) {

	@Override
	public String toString() {
		List<Listener> ports = this.listeners.stream().filter((listener) -> listener.port() > 0).toList();
		String numbers = ports.stream()
			.map((listener) -> listener.port() + protocol(listener))
			.collect(Collectors.joining(", "));
		Stream<String> first = ports.isEmpty() ? Stream.empty()
				: Stream.of(((ports.size() == 1) ? "port " : "ports ") + numbers);
		return Stream.concat(first, this.listeners.stream().filter((listener) -> listener.port() <= 0).map(this::other))
			.collect(Collectors.joining(", "));
	}

	private String other(Listener listener) {
		return listener.config().address().describe() + protocol(listener);
	}

	private static String protocol(Listener listener) {
		ListenerConfig config = listener.config();
		return " (" + ((config.tls() != null) ? "https" : "http")
				+ ((config.httpsPort() != null) ? ", redirected to https" : "") + ")";
	}

}
