package io.millrace.boot.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.millrace.boot.RunningEngine;
import io.millrace.core.Engine;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ObservedExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beans that are told what happens in the engine.
 */
@Timeout(120)
class ObserverTests {

	static Stream<BiFunction<Class<?>, String[], TestServer>> stacks() {
		return Stream.of(TestServer::servlet, TestServer::reactive);
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void allBeansAreToldInTheirOrder(BiFunction<Class<?>, String[], TestServer> stack) throws Exception {
		try (TestServer server = stack.apply(Application.class, new String[0])) {
			Told told = server.context().getBean(Told.class);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			Awaitility.await()
				.untilAsserted(() -> assertThat(told.lines).containsExactly("first /hello 200", "second /hello 200"));
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void theManagementServerIsNotTheApplications(BiFunction<Class<?>, String[], TestServer> stack) throws Exception {
		try (TestServer server = stack.apply(Application.class, new String[] { "management.server.port=0" })) {
			Told told = server.context().getBean(Told.class);
			assertThat(server.get(server.managementPort(), "/actuator/health").body()).contains("UP");
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			Awaitility.await()
				.untilAsserted(() -> assertThat(told.lines).containsExactly("first /hello 200", "second /hello 200"));
			Engine engine = Objects.requireNonNull(server.context().getBean(RunningEngine.class).get());
			assertThat(engine).isSameAs(server.millrace().getEngine());
			assertThat(engine.snapshot().requests().started()).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void whereAnotherServerServesNobodyIsTold(BiFunction<Class<?>, String[], TestServer> stack) throws Exception {
		try (TestServer server = stack.apply(Application.class, new String[] { "millrace.enabled=false" })) {
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			assertThat(server.context().getBean(Told.class).lines).isEmpty();
			assertThat(server.context().getBeansOfType(RunningEngine.class)).isEmpty();
		}
	}

	/** What was told. */
	static final class Told {

		private final List<String> lines = new CopyOnWriteArrayList<>();

		EngineObserver as(String name) {
			return new EngineObserver() {

				@Override
				public boolean wantsExchanges() {
					return true;
				}

				@Override
				public void exchangeEnded(ObservedExchange exchange, boolean completed) {
					Told.this.lines.add(name + " " + exchange.target() + " " + exchange.status());
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		@Bean
		Told told() {
			return new Told();
		}

		@Bean
		@Order(2)
		EngineObserver second(Told told) {
			return told.as("second");
		}

		@Bean
		@Lazy
		@Order(1)
		EngineObserver first(Told told) {
			return told.as("first");
		}

		@Bean
		@Order(0)
		EngineObserver failing() {
			return new EngineObserver() {

				@Override
				public void exchangeStarted() {
					throw new IllegalStateException("thrown on purpose");
				}

			};
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
