package io.millrace.boot.autoconfigure.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.millrace.core.http.Exchange;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/**
 * Adds the keys to the observations of WebFlux, whatever convention the application has
 * for them.
 */
class ReactiveObservationKeys implements ObservationFilter {

	private final EngineKeys keys;

	ReactiveObservationKeys(EngineKeys keys) {
		this.keys = keys;
	}

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof ServerRequestObservationContext server) {
			ServerHttpRequest request = server.getCarrier();
			this.keys.addTo(server, (request != null) ? exchange(request) : null);
		}
		return context;
	}

	private static @Nullable Exchange exchange(ServerHttpRequest request) {
		try {
			Object served = ServerHttpRequestDecorator.getNativeRequest(request);
			return (served instanceof Exchange exchange) ? exchange : null;
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			// A mock: nobody serves it.
			return null;
		}
	}

}
