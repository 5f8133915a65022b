package io.millrace.core;

import java.util.Arrays;

import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.Refusal;
import io.millrace.core.http1.Http1Services;
import io.millrace.core.observe.ObservedKinds;
import io.millrace.core.transport.Listeners;

/**
 * Gathers all kinds of what is told by kind from those who tell it.
 */
final class EngineKinds {

	private EngineKinds() {
	}

	static ObservedKinds all() {
		return new ObservedKinds(Listeners.refusalReasons(), Listeners.acceptFailureReasons(),
				Arrays.stream(Refusal.values()).map(Refusal::id).toList(), Http1Services.timeoutKinds(),
				Arrays.stream(ProtocolException.Kind.values()).map(ProtocolException.Kind::id).toList());
	}

}
