package io.millrace.servlet;

import java.util.List;

import io.millrace.core.RawClient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.HttpMethodConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link SecurityConstraints} and of what requests say about their user (Servlet
 * 6.1 §13): everything as Boot's Tomcat has it, which has no realm either.
 */
class SecurityConstraintsTests {

	private static int status(TestServer server, String method, String target) throws Exception {
		try (RawClient client = server.client()) {
			return client
				.send(method + " " + target + " HTTP/1.1\r\nHost: shop.example:8080\r\nContent-Length: 0\r\n\r\n")
				.receive()
				.status();
		}
	}

	private static TestServer serving(Class<? extends HttpServlet> type) throws Exception {
		return TestServer.start((application) -> application.addServlet("guarded", type).addMapping("/guarded/*"));
	}

	@Test
	void nobodyPassesADeniedServletNorOneThatAsksForARole() throws Exception {
		for (Class<? extends HttpServlet> type : List.of(Denied.class, ForClerks.class, ForUsers.class)) {
			try (TestServer server = serving(type)) {
				assertThat(status(server, "GET", "/guarded/x")).isEqualTo(403);
				assertThat(status(server, "POST", "/guarded")).isEqualTo(403);
			}
		}
	}

	@Test
	void aRefusalIsShownOnTheErrorPageOfTheApplication() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/error"))),
				(application) -> {
					application.addServlet("guarded", Denied.class).addMapping("/guarded");
					TestServer.add(application, "error", (request, response) -> response.getWriter()
						.print(request.getDispatcherType() + " " + response.getStatus()), "/error");
				})) {
			assertThat(server.get("/guarded").body()).isEqualTo("ERROR 403");
		}
	}

	@Test
	void methodsHaveConstraintsOfTheirOwn() throws Exception {
		try (TestServer server = serving(NoPosts.class)) {
			assertThat(status(server, "GET", "/guarded")).isEqualTo(200);
			assertThat(status(server, "POST", "/guarded")).isEqualTo(403);
			assertThat(status(server, "PUT", "/guarded")).isEqualTo(200);
		}
		try (TestServer server = serving(OnlyGets.class)) {
			assertThat(status(server, "GET", "/guarded")).isEqualTo(200);
			assertThat(status(server, "DELETE", "/guarded")).isEqualTo(403);
			assertThat(status(server, "PATCH", "/guarded")).isEqualTo(403);
		}
	}

	@Test
	void whatIsConfidentialIsSentToHttps() throws Exception {
		try (TestServer server = serving(Confidential.class); RawClient client = server.client()) {
			RawClient.Response response = client
				.send("GET /guarded/a%20b?c=d HTTP/1.1\r\nHost: shop.example:8080\r\n\r\n")
				.receive();
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.header("location")).isEqualTo("https://shop.example/guarded/a%20b?c=d");
		}
	}

	@Test
	void theProgramMayConstrainAndItReplacesTheAnnotation() throws Exception {
		ServletSecurityElement onlyPut = new ServletSecurityElement(new HttpConstraintElement(EmptyRoleSemantic.DENY),
				List.of(new HttpMethodConstraintElement("PUT")));
		try (TestServer server = TestServer.start((application) -> {
			ServletRegistration.Dynamic guarded = application.addServlet("guarded", Confidential.class);
			guarded.addMapping("/guarded");
			assertThat(guarded.setServletSecurity(onlyPut)).isEmpty();
			guarded.addMapping("/later");
		})) {
			assertThat(status(server, "GET", "/guarded")).isEqualTo(403);
			assertThat(status(server, "PUT", "/guarded")).isEqualTo(200);
			assertThat(status(server, "GET", "/later")).isEqualTo(403);
		}
	}

	@Test
	void thePatternThatFitsBestDecidesWhicheverServletAnswers() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			application.addServlet("all", Denied.class).addMapping("/area/*", "*.secret");
			application.addServlet("open", Open.class).addMapping("/area/open/*");
			TestServer.add(application, "free", (request, response) -> response.getWriter().print("free"), "/area/free",
					"/elsewhere");
			application.addServlet("rest", ForClerks.class).addMapping("/");
		})) {
			assertThat(status(server, "GET", "/area")).isEqualTo(403);
			assertThat(status(server, "GET", "/area/open/x.secret")).isEqualTo(200);
			assertThat(status(server, "GET", "/area/free")).isEqualTo(403);
			assertThat(status(server, "GET", "/a.secret")).isEqualTo(403);
			assertThat(status(server, "GET", "/unknown")).isEqualTo(403);
		}
	}

	@Test
	void disguisesOfAPathAreSeenThrough() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			application.addServlet("guarded", Denied.class).addMapping("/guarded");
			TestServer.add(application, "rest", (request, response) -> response.getWriter().print("rest"), "/");
		})) {
			for (String target : List.of("/guarded", "/guarded;a=b", "/%67uarded", "/x/../guarded", "//guarded",
					"/./guarded")) {
				assertThat(status(server, "GET", target)).as(target).isIn(400, 403);
			}
		}
	}

	@Test
	void aForwardIsNotConstrained() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			application.addServlet("guarded", Denied.class).addMapping("/guarded");
			TestServer.add(application, "front",
					(request, response) -> request.getRequestDispatcher("/guarded").forward(request, response),
					"/front");
		})) {
			assertThat(server.get("/front").body()).isEqualTo("guarded FORWARD");
		}
	}

	@Test
	void nothingIsConstrainedWithoutConstraints() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().print("a"))) {
			assertThat(server.application().runtime().constraints()).isNull();
		}
	}

	@Test
	void whatIsPrivateIsNotThereForAnyServlet() throws Exception {
		try (TestServer server = TestServer.start((application) -> TestServer.add(application, "all",
				(request, response) -> response.getWriter().print("served"), "/*", "/WEB-INF/exact"))) {
			for (String target : List.of("/WEB-INF", "/WEB-INF/", "/WEB-INF/web.xml", "/web-inf/web.xml",
					"/META-INF/MANIFEST.MF", "/WEB-INF/exact", "/a/../WEB-INF/x", "/%57EB-INF/x")) {
				assertThat(server.get(target).status()).as(target).isIn(400, 404);
			}
			assertThat(server.get("/WEB-INFO").body()).isEqualTo("served");
			assertThat(server.get("/a/WEB-INF/x").body()).isEqualTo("served");
			assertThat(server.get("/META").body()).isEqualTo("served");
		}
	}

	@Test
	void aForwardReachesWhatIsPrivate() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "view",
					(request, response) -> response.getWriter().print(request.getServletPath()), "/WEB-INF/view");
			TestServer.add(application, "front",
					(request, response) -> request.getRequestDispatcher("/WEB-INF/view").forward(request, response),
					"/front");
		})) {
			assertThat(server.get("/front").body()).isEqualTo("/WEB-INF/view");
		}
	}

	@Test
	void nobodyIsLoggedInAndNobodyCanBe() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			String told = request.getRemoteUser() + " " + request.getUserPrincipal() + " " + request.getAuthType() + " "
					+ request.isUserInRole("a") + " " + request.isUserInRole("**");
			try {
				request.login("ann", "secret");
			}
			catch (ServletException ex) {
				told += " refused";
			}
			request.logout();
			response.getWriter().print(told);
		})) {
			assertThat(server.get("/", java.util.Map.of("Authorization", "Basic YW5uOnNlY3JldA==")).body())
				.isEqualTo("null null null false false refused");
		}
	}

	@Test
	void whoMustBeAuthenticatedIsRefused() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.authenticate(response)) {
				response.getWriter().print("secret");
			}
		})) {
			RawClient.Response refused = server.get("/");
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.body()).doesNotContain("secret");
		}
		try (TestServer server = TestServer.serving((request, response) -> {
			response.flushBuffer();
			try {
				request.authenticate(response);
			}
			catch (IllegalStateException ex) {
				response.getWriter().print("too late");
			}
		})) {
			assertThat(server.get("/").body()).isEqualTo("too late");
		}
	}

	static class Guarded extends HttpServlet {

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
			DispatcherType type = request.getDispatcherType();
			response.getWriter().print(getServletName() + " " + type);
		}

	}

	@ServletSecurity(@HttpConstraint(EmptyRoleSemantic.DENY))
	static class Denied extends Guarded {

	}

	@ServletSecurity(@HttpConstraint(rolesAllowed = "clerk"))
	static class ForClerks extends Guarded {

	}

	@ServletSecurity(@HttpConstraint(rolesAllowed = "**"))
	static class ForUsers extends Guarded {

	}

	@ServletSecurity
	static class Open extends Guarded {

	}

	@ServletSecurity(@HttpConstraint(transportGuarantee = TransportGuarantee.CONFIDENTIAL))
	static class Confidential extends Guarded {

	}

	@ServletSecurity(
			httpMethodConstraints = @HttpMethodConstraint(value = "POST", emptyRoleSemantic = EmptyRoleSemantic.DENY))
	static class NoPosts extends Guarded {

	}

	@ServletSecurity(value = @HttpConstraint(EmptyRoleSemantic.DENY),
			httpMethodConstraints = @HttpMethodConstraint("GET"))
	static class OnlyGets extends Guarded {

	}

}
