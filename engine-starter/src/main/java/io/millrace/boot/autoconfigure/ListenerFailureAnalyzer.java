package io.millrace.boot.autoconfigure;

import java.util.List;

import io.millrace.boot.ListenerFailedException;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Tells which of {@code millrace.listeners} cannot listen, and why.
 */
class ListenerFailureAnalyzer extends AbstractFailureAnalyzer<ListenerFailedException> {

	private final Environment environment;

	ListenerFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenerFailedException cause) {
		ListenerConfig listener = cause.getListener();
		String property = property(listener);
		boolean tcp = listener.address() instanceof ListenerAddress.Tcp;
		String what = capitalize(listener.address().describe()) + ", which '" + property + "' asks for, ";
		String description = "Web server failed to start. " + what + switch (cause.getReason()) {
			case IN_USE -> "was already in use.";
			case PERMISSION -> "is not allowed to this process by the operating system.";
			case OTHER -> "cannot be listened on: " + reason(cause) + ".";
		};
		return new FailureAnalysis(description, switch (cause.getReason()) {
			case IN_USE ->
				"Identify and stop the process that's listening on " + (tcp ? listener.address().describe() : "it")
						+ " or configure '" + property + "' to listen on another " + (tcp ? "port." : "path.");
			case PERMISSION -> tcp
					? "Configure a port above 1023, or give the process the right to it: on Linux the capability "
							+ "CAP_NET_BIND_SERVICE."
					: "Give the user of the process the right to write to the directory of the socket.";
			case OTHER -> "Correct '" + property + "', or what it names.";
		}, cause);
	}

	private static String reason(ListenerFailedException failure) {
		Throwable listener = failure.getCause();
		Throwable reason = (listener != null) ? listener.getCause() : null;
		return String.valueOf(((reason != null) ? reason : failure).getMessage());
	}

	private static String capitalize(String text) {
		return Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

	// One that a customizer has added has no property.
	private String property(ListenerConfig listener) {
		String key = (listener.address() instanceof ListenerAddress.Tcp) ? ".port"
				: (listener.address() instanceof ListenerAddress.Unix) ? ".unix" : ".inherited";
		List<ListenerProperties> all = Binder.get(this.environment)
			.bind("millrace.listeners", Bindable.listOf(ListenerProperties.class))
			.orElse(List.of());
		for (int i = 0; i < all.size(); i++) {
			if (ConfiguredListeners.name(i, all.get(i)).equals(listener.name())) {
				return ConfiguredListeners.property(i) + key;
			}
		}
		return "the listener " + listener.name();
	}

}
