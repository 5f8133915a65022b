package io.millrace.core.http;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link Route} and {@link Routes}.
 */
class RoutesTests {

	private static final ExchangeHandler HANDLER = (exchange) -> {
	};

	private static RequestHead request(String method, String path) {
		return TestStream.request(method, path, BodyFraming.NONE);
	}

	@ParameterizedTest
	@CsvSource({ "/, /, true", "/, /a, false", "/a, /a, true", "/a, /a/, false", "/a, /A, false", "/a/b, /a, false",
			"/a/*, /a/b, true", "/a/*, /a/, false", "/a/*, /a, false", "/a/*, /a/b/c, false", "/a/{id}, /a/7, true",
			"/a/{id}/c, /a/7/c, true", "/a/{id}/c, /a//c, false", "/a/**, /a, true", "/a/**, /a/, true",
			"/a/**, /a/b/c, true", "/a/**, /ab, false", "/**, /, true", "/**, /a/b, true", "/*, /, false",
			"/*/b, /a/b, true", "/a, /%61, false" })
	void aPathMatchesOrNot(String pattern, String path, boolean expected) {
		Routes routes = new Routes(List.of(new Route(null, pattern, HANDLER)));
		assertThat(routes.find(request("GET", path)) != null).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "/a**", "/**/b", "/a*", "/*a", "/{a}b", "/a{b}", "/{a}{b}", "/{a", "/***" })
	void whatIsNoPatternIsRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Route(null, pattern, HANDLER));
	}

	@Test
	void getAnswersHeadAndNothingElse() {
		Routes routes = new Routes(List.of(Route.get("/a", HANDLER), Route.post("/b", HANDLER)));
		assertThat(routes.find(request("GET", "/a"))).isSameAs(HANDLER);
		assertThat(routes.find(request("HEAD", "/a"))).isSameAs(HANDLER);
		assertThat(routes.find(request("POST", "/a"))).isNull();
		assertThat(routes.find(request("POST", "/b"))).isSameAs(HANDLER);
		assertThat(routes.find(request("HEAD", "/b"))).isNull();
		assertThat(Routes.NONE.find(request("GET", "/a"))).isNull();
	}

	@Test
	void anExactPathGoesFirstAndThenTheOrder() {
		ExchangeHandler first = (exchange) -> {
		};
		ExchangeHandler second = (exchange) -> {
		};
		Routes routes = new Routes(List.of(new Route(null, "/a/*", first), new Route(null, "/a/**", second),
				new Route(null, "/a/b", HANDLER)));
		assertThat(routes.find(request("GET", "/a/b"))).isSameAs(HANDLER);
		assertThat(routes.find(request("GET", "/a/c"))).isSameAs(first);
		assertThat(routes.find(request("GET", "/a/c/d"))).isSameAs(second);
	}

}
