package io.millrace.boot.autoconfigure.metrics;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.metrics.MillraceMeters;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose meters are looked at, MVC or WebFlux.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class MeterApplication {

	/** One worker, and one request may wait for it. */
	static final String[] TIGHT = { "millrace.worker.max-threads=1", "millrace.worker.queue.capacity=1",
			"millrace.worker.mode=pool" };

	@Bean
	Gate gate() {
		return new Gate();
	}

	static TestServer start(String type, String... properties) {
		return start(type, MeterApplication.class, properties);
	}

	static TestServer start(String type, Class<?> application, String... properties) {
		return type.equals("servlet") ? TestServer.servlet(application, properties)
				: TestServer.reactive(application, properties);
	}

	static Gate gate(TestServer server) {
		return server.context().getBean(Gate.class);
	}

	static MeterRegistry registry(TestServer server) {
		return server.context().getBean(MeterRegistry.class);
	}

	/**
	 * Read a meter, as whoever collects them does.
	 * @param server the server
	 * @param meter which meter
	 * @param tags what the ones have that are added up
	 * @return the value of a gauge or counter, the count of a timer
	 */
	static double value(TestServer server, MillraceMeters meter, String... tags) {
		double sum = 0;
		for (Meter each : registry(server).find(meter.getName()).tags(tags).meters()) {
			sum += (each instanceof Timer timer) ? timer.count() : each.measure().iterator().next().getValue();
		}
		return sum;
	}

	/** Where some requests wait until they are let through. */
	static final class Gate {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch open = new CountDownLatch(1);

		void pass() {
			this.entered.countDown();
			try {
				if (!this.open.await(60, TimeUnit.SECONDS)) {
					throw new IllegalStateException("Nobody has opened the gate");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void awaitEntered() throws InterruptedException {
			if (!this.entered.await(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nobody has come to the gate");
			}
		}

	}

	@RestController
	static class Controller {

		private final Gate gate;

		Controller(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping("/broken")
		String broken() {
			throw new IllegalStateException("broken on purpose");
		}

		@GetMapping({ "/gate", "/bulkhead" })
		String waitAtTheGate() {
			this.gate.pass();
			return "passed";
		}

	}

}
