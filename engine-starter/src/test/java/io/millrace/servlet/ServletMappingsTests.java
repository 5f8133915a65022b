package io.millrace.servlet;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

import io.millrace.core.RawClient.Response;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link ServletMappings}, {@link UrlPattern} and {@link FilterPipeline}.
 */
class ServletMappingsTests {

	private static ServletApplication application() {
		ServletApplication application = new ServletApplication(ServletOptions.builder().build(),
				ServletMappingsTests.class.getClassLoader());
		String[] patterns = { "", "/", "/exact", "/path/*", "/path/deep/*", "*.do", "/path/exact.do" };
		for (String pattern : patterns) {
			TestServer.add(application, "[" + pattern + "]", (request, response) -> {
			}, pattern);
		}
		return application;
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "/, [], '', /, CONTEXT_ROOT, ''",
			"/exact, [/exact], /exact, -, EXACT, exact", "/path, [/path/*], /path, -, PATH, ''",
			"/path/, [/path/*], /path, /, PATH, ''", "/path/a/b, [/path/*], /path, /a/b, PATH, a/b",
			"/path/deep, [/path/deep/*], /path/deep, -, PATH, ''",
			"/path/deep/a, [/path/deep/*], /path/deep, /a, PATH, a", "/pathology, [/], /pathology, -, DEFAULT, ''",
			"/a/b.do, [*.do], /a/b.do, -, EXTENSION, a/b", "/path/a.do, [/path/*], /path, /a.do, PATH, a.do",
			"/path/exact.do, [/path/exact.do], /path/exact.do, -, EXACT, path/exact.do",
			"/a.do/b, [/], /a.do/b, -, DEFAULT, ''", "/exact/, [/], /exact/, -, DEFAULT, ''" })
	void theBestMatchWins(String path, String servlet, String servletPath, String pathInfo, String kind, String value) {
		ServletTarget target = new ServletMappings(application().registry().patterns()).find(path);
		assertThat(target).isNotNull();
		assertThat(target.servlet().getName()).isEqualTo(servlet);
		assertThat(target.servletPath()).isEqualTo(servletPath);
		assertThat(target.pathInfo()).isEqualTo(pathInfo);
		assertThat(target.match().getMappingMatch()).hasToString(kind);
		assertThat(target.match().getMatchValue()).isEqualTo(value);
		assertThat(target.match().getServletName()).isEqualTo(servlet);
		assertThat("[" + target.match().getPattern() + "]").isEqualTo(servlet);
	}

	@Test
	void whereNothingIsMappedThereIsNoServlet() {
		ServletApplication application = new ServletApplication(ServletOptions.builder().build(),
				getClass().getClassLoader());
		assertThat(new ServletMappings(application.registry().patterns()).find("/a")).isNull();
	}

	@Test
	void malformedPatternsAreRefused() {
		for (String pattern : new String[] { "a", "a/*", "*.a/b", "*a", "/a\nb" }) {
			assertThatIllegalArgumentException().as(pattern).isThrownBy(() -> UrlPattern.of(pattern));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> UrlPattern.of(null));
	}

	@Test
	void aPatternBelongsToOneServlet() {
		ServletApplication application = application();
		assertThat(application.addServlet("other", new jakarta.servlet.http.HttpServlet() {
		}).addMapping("/exact", "/new")).containsExactly("/exact");
		assertThat(application.getServletRegistration("other").getMappings()).isEmpty();
	}

	@Test
	void filtersComeByPatternThenByServletNameEachInItsOrderAndOnce() throws Exception {
		List<String> order = new ArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "a", (request, response) -> order.add("servlet"), "/a/*");
			TestServer.add(application, "b", (request, response) -> order.add("servlet"), "/b/*");
			map(application, order, "named").addMappingForServletNames(null, true, "a");
			map(application, order, "last").addMappingForUrlPatterns(null, true, "/*");
			map(application, order, "some").addMappingForUrlPatterns(null, false, "/a/x", "/a/*", "*.do");
			map(application, order, "first").addMappingForUrlPatterns(null, false, "/*");
			map(application, order, "forwards").addMappingForUrlPatterns(EnumSet.of(DispatcherType.FORWARD), true,
					"/*");
			application.getFilterRegistration("last").addMappingForServletNames(null, true, "*");
		})) {
			server.get("/a/x");
			assertThat(order).containsExactly("some", "first", "last", "named", "servlet");
			order.clear();
			server.get("/b/x.do");
			assertThat(order).containsExactly("some", "first", "last", "servlet");
			order.clear();
			Response response = server.get("/b/x");
			assertThat(response.status()).isEqualTo(200);
			assertThat(order).containsExactly("first", "last", "servlet");
		}
	}

	@Test
	void aStarIsEverythingForAFilterAndNothingForAServlet() throws Exception {
		List<String> order = new ArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "a", (request, response) -> order.add("servlet"), "/a/*");
			map(application, order, "star").addMappingForUrlPatterns(EnumSet.noneOf(DispatcherType.class), true, "*");
			assertThat(application.getFilterRegistration("star").getUrlPatternMappings()).containsExactly("*");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> application.getServletRegistration("a").addMapping("*"));
		})) {
			server.get("/a/x");
			assertThat(order).containsExactly("star", "servlet");
		}
	}

	private static jakarta.servlet.FilterRegistration.Dynamic map(ServletApplication application, List<String> order,
			String name) {
		Filter filter = (request, response, chain) -> {
			order.add(name);
			chain.doFilter(request, response);
		};
		return application.addFilter(name, filter);
	}

}
