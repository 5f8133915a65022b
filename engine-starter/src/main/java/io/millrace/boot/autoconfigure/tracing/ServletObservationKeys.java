package io.millrace.boot.autoconfigure.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.millrace.core.http.Exchange;
import io.millrace.servlet.ServletExchange;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Adds the keys to the observations of Spring MVC, whatever convention the application
 * has for them.
 */
class ServletObservationKeys implements ObservationFilter {

	private final EngineKeys keys;

	ServletObservationKeys(EngineKeys keys) {
		this.keys = keys;
	}

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof ServerRequestObservationContext server) {
			HttpServletRequest request = server.getCarrier();
			Exchange exchange = (request != null) ? ServletExchange.of(request) : null;
			this.keys.addTo(server, exchange);
		}
		return context;
	}

}
