package io.millrace.boot.autoconfigure.tracing;

import java.util.Map;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which keys observations get, and who gets none.
 */
class EngineKeysTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(MillraceServletWebServerAutoConfiguration.class,
				MillraceTracingAutoConfiguration.class))
		.withPropertyValues("server.port=0");

	private static Observation.Context servlet() {
		return new ServerRequestObservationContext(new MockHttpServletRequest(), new MockHttpServletResponse());
	}

	private static Observation.Context reactive() {
		return new org.springframework.http.server.reactive.observation.ServerRequestObservationContext(
				MockServerHttpRequest.get("/").build(), new MockServerHttpResponse(), Map.of());
	}

	@Test
	void whatNoServerServesHasTheSameKeysWhereTheyAreTags() {
		EngineKeys keys = new EngineKeys(true);
		assertThat(new ServletObservationKeys(keys).map(servlet()).getLowCardinalityKeyValues())
			.extracting(KeyValue::getKey, KeyValue::getValue)
			.containsExactlyInAnyOrder(org.assertj.core.groups.Tuple.tuple("millrace.mode", "none"),
					org.assertj.core.groups.Tuple.tuple("millrace.priority", "none"),
					org.assertj.core.groups.Tuple.tuple("millrace.queue.wait", "none"));
		assertThat(new ReactiveObservationKeys(keys).map(reactive()).getLowCardinalityKeyValues()).hasSize(3);
	}

	@Test
	void whatNoServerServesHasNoneOtherwise() {
		EngineKeys keys = new EngineKeys(false);
		assertThat(new ServletObservationKeys(keys).map(servlet()).getAllKeyValues()).isEmpty();
		assertThat(new ReactiveObservationKeys(keys).map(reactive()).getAllKeyValues()).isEmpty();
	}

	@Test
	void otherObservationsAreLeftAlone() {
		EngineKeys keys = new EngineKeys(true);
		Observation.Context other = new Observation.Context();
		assertThat(new ServletObservationKeys(keys).map(other)).isSameAs(other);
		assertThat(new ReactiveObservationKeys(keys).map(other)).isSameAs(other);
		assertThat(other.getAllKeyValues()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "0,<1ms", "999999,<1ms", "1000000,<10ms", "9999999,<10ms", "10000000,<100ms", "100000000,<1s",
			"999999999,<1s", "1000000000,>=1s", "9223372036854775807,>=1s" })
	void waitsFallIntoFiveClasses(long nanos, String label) {
		assertThat(WaitClass.of(nanos).label()).isEqualTo(label);
	}

	@ParameterizedTest
	@CsvSource({ "0,0.000", "499,0.000", "500,0.001", "9999,0.010", "99500,0.100", "1234567,1.235", "999999499,999.999",
			"1000000000,1000.000", "9223372036854775807,9223372036854.776" })
	void waitsAreMillisecondsWithThreeDecimals(long nanos, String millis) {
		assertThat(EngineKeys.millis(nanos)).isEqualTo(millis);
	}

	@Test
	void nobodyIsAskedWhereNobodyWouldReadIt() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ObservationFilter.class));
		this.runner.withPropertyValues("millrace.tracing.metric-tags=true")
			.run((context) -> assertThat(context).hasSingleBean(ObservationFilter.class));
		this.runner.withPropertyValues("millrace.tracing.metric-tags=true", "millrace.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationFilter.class));
	}

	@Test
	void anApplicationWithoutMicrometerStarts() {
		this.runner.withPropertyValues("millrace.tracing.metric-tags=true")
			.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MillraceTracingAutoConfiguration.class));
	}

}
