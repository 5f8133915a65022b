package io.millrace.boot.autoconfigure.tracing;

import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import org.awaitility.Awaitility;

import org.springframework.context.ApplicationContext;

/**
 * Looks at what Spring measures of requests.
 */
final class Meters {

	private Meters() {
	}

	static List<String> tags(ApplicationContext application, String uri) {
		MeterRegistry registry = application.getBean(MeterRegistry.class);
		// It is measured when the client has its answer already.
		Timer timer = Awaitility.await()
			.until(() -> registry.find("http.server.requests").tag("uri", uri).timer(), (found) -> found != null);
		return timer.getId().getTags().stream().map(Tag::getKey).toList();
	}

}
