package io.millrace.boot.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.MillraceRoute;
import io.millrace.boot.MillraceRoute.Mode;
import io.millrace.boot.MillraceRoute.Priority;
import io.millrace.core.http.RoutePolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Controllers that say themselves how they are run.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class MillraceRouteTests {

	private static TestServer start(WebApplicationType type, Class<?> application, String... properties) {
		return (type == WebApplicationType.SERVLET) ? TestServer.servlet(application, properties)
				: TestServer.reactive(application, properties);
	}

	private static List<RoutePolicy> policies(TestServer server) {
		return server.millrace().getEngine().config().policies();
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aMethodRunsWhereItsAnnotationSays(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, Threads.class)) {
			assertThat(server.get("/thread/pool").body()).startsWith("millrace-worker-");
			assertThat(server.get("/thread/inline").body()).startsWith("millrace-loop-");
			assertThat(server.get("/thread/any/pool").body()).startsWith("millrace-worker-");
			assertThat(server.get("/thread/any/%70ool").body()).startsWith("millrace-worker-");
			// A method without annotation that is more specific.
			String usual = (type == WebApplicationType.SERVLET) ? "millrace-worker-" : "millrace-loop-";
			assertThat(server.get("/thread/usual").body()).startsWith(usual);
			assertThat(server.get("/thread/inline/usual").body()).startsWith(usual);
			assertThat(server.get("/thread/inline/other").body()).startsWith("millrace-loop-");
			// By a meta-annotation, and on an interface.
			assertThat(server.get("/meta").body()).startsWith("millrace-worker-");
			assertThat(server.get("/contract").body()).startsWith("millrace-worker-");
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,server.servlet.context-path=/desk,/desk", "SERVLET,spring.mvc.servlet.path=/mvc,/mvc",
			"SERVLET,spring.main.lazy-initialization=true,''", "REACTIVE,spring.webflux.base-path=/desk,/desk",
			"REACTIVE,spring.main.lazy-initialization=true,''",
			"SERVLET,spring.mvc.pathmatch.matching-strategy=ant-path-matcher,''" })
	void aPathIsThatOfTheApplication(WebApplicationType type, String property, String prefix) throws Exception {
		try (TestServer server = start(type, Threads.class, property)) {
			assertThat(server.get(prefix + "/thread/pool").body()).startsWith("millrace-worker-");
			assertThat(server.get(prefix + "/thread/inline").body()).startsWith("millrace-loop-");
			assertThat(server.get(prefix + "/thread/inline/other").body()).startsWith("millrace-loop-");
		}
	}

	@Test
	void aRouteOfThePropertiesStandsAboveAnAnnotation() throws Exception {
		try (TestServer server = TestServer.servlet(Threads.class, "millrace.routes[0].pattern=/thread/inline/**",
				"millrace.routes[0].mode=pool")) {
			assertThat(server.get("/thread/inline").body()).startsWith("millrace-worker-");
			assertThat(server.get("/thread/inline/other").body()).startsWith("millrace-worker-");
		}
	}

	@Test
	void theManagementServerHasNone() throws Exception {
		try (TestServer server = TestServer.servlet(Threads.class, "management.server.port=0")) {
			assertThat(server.get("/thread/inline").body()).startsWith("millrace-loop-");
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void theBulkheadOfAClassIsOneAndThatOfAMethodIsItsOwn(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, Bulkheads.class)) {
			Gate gate = server.context().getBean(Gate.class);
			try (Socket first = server.send("/bulkhead/one")) {
				gate.awaitEntered();
				assertThat(server.get("/bulkhead/two").statusCode()).isEqualTo(503);
				assertThat(server.get("/bulkhead/two/alias").statusCode()).isEqualTo(503);
				assertThat(server.get("/bulkhead/own").statusCode()).isEqualTo(200);
				gate.open.countDown();
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Test
	void aMethodOverridesItsClassAttributeByAttribute() {
		try (TestServer server = TestServer.servlet(Bulkheads.class, "own.timeout=5s")) {
			assertThat(policies(server)).filteredOn((policy) -> policy.name().startsWith("@"))
				.extracting((policy) -> policy.name().replaceAll(".*\\$", "") + " " + policy.mode() + " "
						+ policy.maxConcurrency() + " " + policy.queueCapacity() + " " + policy.timeout() + " "
						+ policy.priority())
				.containsExactlyInAnyOrder("BulkheadController POOL 1 0 PT20S LOW",
						"BulkheadController POOL 1 0 PT20S LOW", "BulkheadController POOL 1 0 PT0.5S LOW",
						"BulkheadController.own() POOL 2 0 PT5S HIGH");
			assertThat(server.millrace().getEngine().config().worker().queue().lanes()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Empty.class, EmptyClass.class, NoThreads.class, NoLimit.class, QueueOfItsOwn.class,
			NoTime.class, NoProperty.class, UrgentInline.class, LateLoop.class })
	void whatContradictsItselfStopsStartUp(Class<?> controller, CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestServer.servlet(controller));
		assertThat(output).contains("APPLICATION FAILED TO START", "Change the annotation, or take it out");
		String expected = switch (controller.getSimpleName()) {
			case "Empty" -> "Empty.get() is not right: It says nothing";
			case "EmptyClass" -> "EmptyClass is not right: It says nothing";
			case "NoThreads" ->
				"@MillraceRoute(maxConcurrency = 0) of " + NoThreads.class.getName() + " is not right: The value has";
			case "NoLimit" -> "@MillraceRoute(queue = 5) of " + NoLimit.class.getName()
					+ ".get() is not right: Nothing ever waits in it without maxConcurrency";
			case "QueueOfItsOwn" -> "Give it a maxConcurrency of its own too";
			case "NoTime" -> "@MillraceRoute(timeout = soon) of";
			case "LateLoop" -> "Set millrace.worker.mode=loop too";
			case "NoProperty" -> "Could not resolve placeholder 'nobody.knows'";
			default -> "It means nothing with mode inline";
		};
		assertThat(output).contains(expected);
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whatTheEngineCannotTellApartStopsStartUpAndNamesBoth(WebApplicationType type, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(type, Twins.class));
		assertThat(output).contains("APPLICATION FAILED TO START", "The engine decides by path and method alone",
				Twins.class.getName() + ".text(String)", Twins.class.getName() + ".json(String)", "both have /twin/{");
	}

	@Test
	void handlersThatAreToldApartByMoreMayBeAlike() throws Exception {
		try (TestServer server = TestServer.servlet(Alike.class)) {
			assertThat(server.get("/alike", "Accept", "application/json").body()).startsWith("{");
			assertThat(server.get("/alike", "Accept", "text/plain").body()).startsWith("millrace-loop-");
		}
	}

	@Test
	void anAnnotationThatIsForNoRequestIsNamed(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.servlet(Unmapped.class)) {
			assertThat(server.get("/mapped").statusCode()).isEqualTo(200);
			assertThat(output).containsOnlyOnce("@MillraceRoute has no effect on ")
				.contains("bean 'service'", Unmapped.class.getName() + ".helper()");
		}
	}

	@Test
	void withoutAnnotationsNothingIsAddedOrSaid(CapturedOutput output) {
		try (TestServer server = TestServer.servlet(Plain.class)) {
			assertThat(policies(server)).noneMatch((policy) -> policy.name().startsWith("@"));
			assertThat(output).doesNotContain("MillraceRoute");
		}
	}

	@Test
	void theAnnotationKnowsAllModesAndPrioritiesOfTheProperties() {
		assertThat(Mode.values()).extracting(Enum::name)
			.contains("DEFAULT")
			.hasSize(RouteProperties.Mode.values().length + 1);
		assertThat(RouteProperties.Mode.values()).extracting(Enum::name)
			.allSatisfy((name) -> assertThat(Mode.valueOf(name)).isNotNull());
		assertThat(io.millrace.core.worker.Priority.values()).extracting(Enum::name)
			.allSatisfy((name) -> assertThat(Priority.valueOf(name)).isNotNull());
	}

	@Target({ ElementType.TYPE, ElementType.METHOD })
	@Retention(RetentionPolicy.RUNTIME)
	@MillraceRoute(mode = Mode.POOL)
	@interface Slow {

		@AliasFor(annotation = MillraceRoute.class)
		int maxConcurrency() default -1;

	}

	interface Contract {

		@GetMapping("/contract")
		@MillraceRoute(mode = Mode.POOL)
		String contract();

	}

	@RestController
	@EnableAutoConfiguration
	@Configuration(proxyBeanMethods = false)
	static class Threads implements Contract {

		@GetMapping("/thread/pool")
		@MillraceRoute(mode = Mode.POOL)
		String pool() {
			return name();
		}

		@GetMapping({ "/thread/inline", "/thread/inline/{which}" })
		@MillraceRoute(mode = Mode.INLINE)
		String inline() {
			return name();
		}

		@GetMapping({ "/thread/usual", "/thread/inline/usual" })
		String usual() {
			return name();
		}

		@GetMapping("/thread/any/{which}")
		@MillraceRoute(mode = Mode.POOL)
		String any(@PathVariable("which") String which) {
			return name();
		}

		@GetMapping("/meta")
		@Slow(maxConcurrency = 3)
		String meta() {
			return name();
		}

		@Override
		public String contract() {
			return name();
		}

		private static String name() {
			return Thread.currentThread().getName();
		}

	}

	static final class Gate {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch open = new CountDownLatch(1);

		private void awaitEntered() throws InterruptedException {
			assertThat(this.entered.await(30, TimeUnit.SECONDS)).isTrue();
		}

	}

	@EnableAutoConfiguration
	@Configuration(proxyBeanMethods = false)
	@Import(BulkheadController.class)
	static class Bulkheads {

		@Bean
		Gate gate() {
			return new Gate();
		}

	}

	@RestController
	@RequestMapping("/bulkhead")
	@MillraceRoute(mode = Mode.POOL, maxConcurrency = 1, queue = 0, timeout = "20s", priority = Priority.LOW)
	static class BulkheadController {

		private final Gate gate;

		BulkheadController(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/one")
		@MillraceRoute(timeout = "500ms")
		String one() throws InterruptedException {
			this.gate.entered.countDown();
			assertThat(this.gate.open.await(60, TimeUnit.SECONDS)).isTrue();
			return "one";
		}

		@GetMapping({ "/two", "/two/alias" })
		String two() {
			return "two";
		}

		@GetMapping("/own")
		@MillraceRoute(maxConcurrency = 2, timeout = "${own.timeout:1m}", priority = Priority.HIGH)
		String own() {
			return "own";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class Empty {

		@GetMapping("/")
		@MillraceRoute
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	@MillraceRoute
	static class EmptyClass {

		@GetMapping("/")
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	@MillraceRoute(maxConcurrency = 0)
	static class NoThreads {

		@GetMapping("/")
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class NoLimit {

		@GetMapping("/")
		@MillraceRoute(queue = 5)
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	@MillraceRoute(maxConcurrency = 2)
	static class QueueOfItsOwn {

		@GetMapping("/")
		@MillraceRoute(queue = 5)
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class NoTime {

		@GetMapping("/")
		@MillraceRoute(timeout = "soon")
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class NoProperty {

		@GetMapping("/")
		@MillraceRoute(timeout = "${nobody.knows}")
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	@MillraceRoute(mode = Mode.INLINE)
	static class UrgentInline {

		@GetMapping("/")
		@MillraceRoute(priority = Priority.HIGH)
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class LateLoop {

		@GetMapping("/")
		@MillraceRoute(mode = Mode.LOOP)
		String get() {
			return "";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class Twins {

		@PostMapping(path = "/twin/{id}", consumes = MediaType.TEXT_PLAIN_VALUE)
		@MillraceRoute(mode = Mode.POOL)
		String text(@PathVariable("id") String id) {
			return id;
		}

		@PostMapping(path = "/twin/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
		String json(@PathVariable("name") String name) {
			return name;
		}

	}

	@RestController
	@EnableAutoConfiguration
	@MillraceRoute(mode = Mode.INLINE)
	static class Alike {

		@GetMapping(path = "/alike", produces = MediaType.TEXT_PLAIN_VALUE)
		String text() {
			return Thread.currentThread().getName();
		}

		@GetMapping(path = "/alike", produces = MediaType.APPLICATION_JSON_VALUE)
		String json() {
			return "{}";
		}

	}

	@RestController
	@EnableAutoConfiguration
	static class Unmapped {

		@GetMapping("/mapped")
		String mapped() {
			return helper();
		}

		@MillraceRoute(maxConcurrency = 1)
		String helper() {
			return "";
		}

		@Bean
		Service service() {
			return new Service();
		}

	}

	@MillraceRoute(maxConcurrency = 1)
	static class Service {

	}

	@RestController
	@EnableAutoConfiguration
	static class Plain {

		@GetMapping("/{*rest}")
		String get() {
			return "";
		}

	}

}
