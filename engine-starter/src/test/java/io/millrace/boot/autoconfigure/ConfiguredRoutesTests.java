package io.millrace.boot.autoconfigure;

import java.util.List;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.PathMatcher;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * From {@code millrace.routes} to policies.
 */
class ConfiguredRoutesTests {

	private final MockEnvironment environment = new MockEnvironment();

	private ConfiguredRoutes routes(String... properties) {
		for (String property : properties) {
			String[] parts = property.split("=", 2);
			this.environment.setProperty("millrace.routes" + parts[0], parts[1]);
		}
		ConfigurationPropertySources.attach(this.environment);
		return new ConfiguredRoutes(
				Binder.get(this.environment).bindOrCreate("millrace", MillraceProperties.class).getRoutes());
	}

	private static RequestHead head(String method, String path) {
		return new RequestHead(method, new RequestTarget(RequestTarget.Form.ORIGIN, null, path, null),
				ProtocolVersion.HTTP_1_1, EmptyHttpHeaders.INSTANCE, BodyFraming.NONE);
	}

	@Test
	void aRouteThatOnlySaysNotToCompressIsRunLikeAllOthers() {
		ConfiguredRoutes routes = routes("[0].pattern=/account/**", "[0].compression=false", "[1].pattern=/**",
				"[1].mode=pool");
		assertThat(first(routes.policies(""), "GET", "/account/me")).startsWith("millrace.routes[1]");
		assertThat(routes.uncompressed("").test(head("GET", "/account/me"))).isTrue();
		assertThat(routes.uncompressed("").test(head("GET", "/other"))).isFalse();
		assertThat(routes.uncompressed("/desk").test(head("GET", "/desk/account/me"))).isTrue();
	}

	private static String first(List<RoutePolicy> policies, String method, String path) {
		RequestHead head = head(method, path);
		return policies.stream()
			.filter((policy) -> policy.matcher().test(head))
			.map(RoutePolicy::name)
			.findFirst()
			.orElse("");
	}

	@Test
	void itsPatternWithItsMethodsSaysWhichRouteItIs() {
		assertThat(routes("[0].pattern=/reports/**", "[0].methods=post,GET", "[0].mode=pool", "[1].pattern=/pay",
				"[1].priority=high")
			.policies("/desk")).extracting((policy) -> ((PathMatcher) policy.matcher()).pattern())
			.containsExactlyInAnyOrder("GET,POST /desk/reports/**", "/desk/pay");
	}

	@Test
	void aRouteSaysWhatItSaysAndLeavesTheRest() {
		List<RoutePolicy> policies = routes("[0].pattern=/reports/**", "[0].methods=get,POST", "[0].mode=pool",
				"[0].max-concurrency=4", "[1].pattern=/pay", "[1].priority=high", "[2].pattern=/export",
				"[2].max-concurrency=1", "[2].queue=0")
			.policies("");
		assertThat(policies).extracting(RoutePolicy::name)
			.containsExactly("millrace.routes[2] (/export)", "millrace.routes[1] (/pay)",
					"millrace.routes[0] (/reports/**)");
		RoutePolicy reports = policies.get(2);
		assertThat(reports.mode()).isEqualTo(WorkerMode.POOL);
		assertThat(reports.maxConcurrency()).isEqualTo(4);
		assertThat(reports.queueCapacity()).isEqualTo(40);
		assertThat(reports.priority()).isEqualTo(Priority.NORMAL);
		assertThat(policies.get(1).priority()).isEqualTo(Priority.HIGH);
		assertThat(policies.get(1).mode()).isNull();
		assertThat(policies.get(1).maxConcurrency()).isZero();
		assertThat(policies.get(0).queueCapacity()).isZero();
	}

	@Test
	void lanesAreNeededWhereARouteHasAPriority() {
		assertThat(routes("[0].pattern=/a", "[0].mode=pool").usesPriorities()).isFalse();
		assertThat(routes("[1].pattern=/b", "[1].priority=low").usesPriorities()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/a, /a, true", "/a, /a/, false", "/a, /ab, false", "/a, /b, false", "/a, /%61, true",
			"/a, /a;x=1, true", "/a/{id}, /a/1, true", "/a/{id}, /a/1/2, false", "/a/{id}, /a/1%2F2, true",
			"/a/**, /a, true", "/a/**, /a/b/c, true", "/a/**, /b, false", "/a/*.html, /a/b.html, true",
			"/a/*.html, /a/b.htm, false", "/**, /, true", "/**, /x/y, true", "/a?c, /abc, true", "/{*rest}, /x/y, true",
			"/a/{n:[0-9]+}, /a/12, true", "/a/{n:[0-9]+}, /a/b, false" })
	void aPatternMatchesAsSpringsDo(String pattern, String path, boolean matches) {
		List<RoutePolicy> policies = routes("[0].pattern=" + pattern, "[0].mode=pool").policies("");
		assertThat(!first(policies, "GET", path).isEmpty()).isEqualTo(matches);
		List<RoutePolicy> inContext = routes().policies("/desk");
		assertThat(!first(inContext, "GET", "/desk" + path).isEmpty()).isEqualTo(matches);
		assertThat(first(inContext, "GET", path)).isEmpty();
	}

	@Test
	void theMostSpecificPatternIsFirstAndMethodsAreToldApart() {
		List<RoutePolicy> policies = routes("[0].pattern=/**", "[0].mode=pool", "[1].pattern=/a/{b}", "[1].mode=pool",
				"[2].pattern=/a/c", "[2].mode=pool", "[2].methods=GET", "[3].pattern=/a/c", "[3].mode=pool",
				"[3].methods=POST")
			.policies("");
		assertThat(first(policies, "GET", "/a/c")).startsWith("millrace.routes[2]");
		assertThat(first(policies, "HEAD", "/a/c")).startsWith("millrace.routes[2]");
		assertThat(first(policies, "POST", "/a/c")).startsWith("millrace.routes[3]");
		assertThat(first(policies, "PUT", "/a/c")).startsWith("millrace.routes[1]");
		assertThat(first(policies, "GET", "/a/d")).startsWith("millrace.routes[1]");
		assertThat(first(policies, "GET", "/b")).startsWith("millrace.routes[0]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "[0].mode=pool|.pattern|for which paths",
			"[0].pattern=reports;[0].mode=pool|.pattern|Write /reports",
			"[0].pattern=/a/{b;[0].mode=pool|.pattern|It is no pattern",
			"[0].pattern=/a/**/b/**/c;[0].mode=pool|.pattern|It is no pattern",
			"[0].pattern=/a||The route says nothing",
			"[0].pattern=/a;[0].mode=pool;[0].methods=G T|.methods|It is no method",
			"[0].pattern=/a;[0].max-concurrency=0|.max-concurrency|has to be 1 or more",
			"[0].pattern=/a;[0].max-concurrency=1;[0].queue=-1|.queue|has to be 0 (nobody waits) or more",
			"[0].pattern=/a;[0].queue=5|.queue|Nothing ever waits in it without millrace.routes[0].max-concurrency",
			"[0].pattern=/a;[0].mode=inline;[0].priority=high|.priority|It means nothing with mode inline" })
	void whatContradictsItselfStopsStartUp(String properties, String property, String reason) {
		ConfiguredRoutes routes = routes(properties.split(";"));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> routes.policies(""))
			.satisfies((ex) -> assertThat(ex.getName())
				.isEqualTo("millrace.routes[0]" + ((property != null) ? property : "")))
			.satisfies((ex) -> assertThat(ex.getReason()).contains(reason));
	}

	@Test
	void aRouteThatCanNeverMatchStopsStartUp() {
		ConfiguredRoutes routes = routes("[0].pattern=/a", "[0].mode=pool", "[1].pattern=/a", "[1].methods=GET",
				"[1].mode=inline");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> routes.policies(""))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("millrace.routes[1].pattern"))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("millrace.routes[0] has the same pattern"));
	}

}
