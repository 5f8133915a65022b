package io.millrace.boot.autoconfigure.actuate;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.autoconfigure.GatedController;
import io.millrace.boot.autoconfigure.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint while the application can do no more.
 */
@Timeout(120)
class EndpointUnderLoadTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=millrace";

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/millrace", "/actuator/millrace/connections", "/actuator/millrace/explain" })
	void itIsReadWhileAllWorkersAreBusyAndTheQueueIsFull(String path) throws Exception {
		try (TestServer server = TestServer.servlet(Blocking.class, EXPOSED, "millrace.worker.max-threads=1",
				"millrace.worker.min-threads=0", "millrace.worker.queue.capacity=1")) {
			GatedController gate = server.context().getBean(GatedController.class);
			try (Socket first = server.send("/slow")) {
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				try (Socket second = server.send("/slow")) {
					Awaitility.await().until(() -> server.millrace().getEngine().workers().waiting() == 1);
					assertThat(server.get("/slow").statusCode()).isEqualTo(503);
					assertThat(server.get(path).statusCode()).isEqualTo(200);
					assertThat(server.get("/actuator/millrace").body()).contains("\"busy\":1");
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
				}
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Test
	void itIsReadWhileAsManyReactiveRequestsAreInFlightAsMayBe() throws Exception {
		try (TestServer server = TestServer.reactive(Waiting.class, EXPOSED, "millrace.admission.limit=fixed",
				"millrace.admission.max=1")) {
			try (Socket first = server.send("/slow")) {
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> server.millrace().getEngine().admission().inFlight() == 1);
				assertThat(server.get("/slow").statusCode()).isEqualTo(503);
				assertThat(server.get("/actuator/millrace").body()).contains("\"inFlight\":1");
				server.context().getBean(WaitingController.class).sink.tryEmitValue("slow");
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(GatedController.class)
	static class Blocking {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Waiting {

		@Bean
		WaitingController controller() {
			return new WaitingController();
		}

	}

	@RestController
	static class WaitingController {

		private final Sinks.One<String> sink = Sinks.one();

		@GetMapping("/slow")
		Mono<String> slow() {
			return this.sink.asMono();
		}

	}

}
