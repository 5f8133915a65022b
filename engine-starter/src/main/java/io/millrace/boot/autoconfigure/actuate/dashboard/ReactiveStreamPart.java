package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.List;

import io.millrace.boot.autoconfigure.actuate.WebEndpointPart;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * {@code /actuator/millrace/stream} in WebFlux.
 *
 * @param broadcaster who writes it
 */
record ReactiveStreamPart(EventBroadcaster broadcaster) implements WebEndpointPart {

	@Override
	public String name() {
		return "stream";
	}

	@Override
	public @Nullable Object read(SecurityContext security, List<String> path) {
		return path.isEmpty() ? new ReactiveStream(this.broadcaster) : null;
	}

}
