package io.millrace.core.observe;

import java.util.List;

/**
 * All kinds of what is told by kind, gathered from where they are told: so that whatever
 * is counted by kind has all of them from the start, at zero.
 *
 * @param connectionsRefused the reasons of {@link EngineObserver#connectionRefused}
 * @param acceptFailures the reasons of {@link EngineObserver#acceptFailed}
 * @param refused the reasons of {@link EngineObserver#refused}
 * @param timeouts the kinds of {@link EngineObserver#timedOut}
 * @param protocolErrors the kinds of {@link EngineObserver#protocolError}
 */
public record ObservedKinds(List<String> connectionsRefused, List<String> acceptFailures, List<String> refused,
		List<String> timeouts, List<String> protocolErrors) {

	/**
	 * Keep copies.
	 */
	public ObservedKinds {
		connectionsRefused = List.copyOf(connectionsRefused);
		acceptFailures = List.copyOf(acceptFailures);
		refused = List.copyOf(refused);
		timeouts = List.copyOf(timeouts);
		protocolErrors = List.copyOf(protocolErrors);
	}

}
