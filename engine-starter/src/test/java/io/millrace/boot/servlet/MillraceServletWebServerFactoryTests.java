package io.millrace.boot.servlet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.servlet.ServletContextInitializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link MillraceServletWebServerFactory}.
 */
class MillraceServletWebServerFactoryTests {

	private final MillraceServletWebServerFactory factory = new MillraceServletWebServerFactory(0);

	private final List<String> events = new ArrayList<>();

	private WebServer server;

	@AfterEach
	void destroy() {
		if (this.server != null) {
			this.server.stop();
			this.server.destroy();
		}
	}

	private void start(ServletContextInitializer... initializers) {
		this.server = this.factory.getWebServer(initializers);
		this.server.start();
	}

	private HttpResponse<String> get(String path) throws Exception {
		URI uri = URI.create("http://localhost:" + this.server.getPort() + path);
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

	@Test
	void containerInitializersAreCalledAfterBootsWithTheirClasses() throws Exception {
		this.factory.addServletContainerInitializer((classes, context) -> {
			this.events.add("container " + classes);
			context.addServlet("echo", Echo.class).addMapping("/echo");
		}, Echo.class);
		this.factory.addServletContainerInitializer((classes, context) -> this.events.add("second " + classes));
		start((context) -> this.events.add("boot"));
		assertThat(this.events).containsExactly("boot", "container [" + Echo.class + "]", "second null");
		assertThat(get("/echo").body()).isEqualTo("echo");
	}

	@Test
	void aContainerInitializerThatFailsStopsTheStart() {
		ServletContainerInitializer failing = (classes, context) -> {
			throw new ServletException("no");
		};
		this.factory.addServletContainerInitializer(failing);
		assertThatExceptionOfType(WebServerException.class).isThrownBy(this::start)
			.withRootCauseInstanceOf(ServletException.class);
	}

	@Test
	void declaredListenersMayConfigureAndThoseOfTheProgramMayNot() throws Exception {
		this.factory.getSettings().addWebListenerClassNames(DeclaredListener.class.getName());
		start((context) -> context.addListener(new ServletContextListener() {

			@Override
			public void contextInitialized(ServletContextEvent event) {
				try {
					event.getServletContext().addServlet("late", Echo.class);
				}
				catch (UnsupportedOperationException ex) {
					MillraceServletWebServerFactoryTests.this.events.add("refused");
				}
			}

		}));
		assertThat(this.events).containsExactly("refused");
		assertThat(get("/declared").body()).isEqualTo("declared");
	}

	@Test
	void aServletThatIsUnavailableAtStartStopsTheStartAndWhatWasStarted() {
		ServletContextInitializer failing = (context) -> {
			context.addListener(new Farewell());
			context.addServlet("bad", new HttpServlet() {

				@Override
				public void init() throws ServletException {
					throw new UnavailableException("not today");
				}

			}).setLoadOnStartup(1);
		};
		this.server = this.factory.getWebServer(failing);
		assertThatExceptionOfType(WebServerException.class).isThrownBy(this.server::start)
			.withRootCauseInstanceOf(UnavailableException.class);
		this.server.destroy();
		assertThat(this.events).containsExactly("destroyed");
	}

	@Test
	void contextParametersAreThereForEverybody() {
		this.factory.getSettings().setInitParameters(Map.of("a", "b"));
		start((context) -> this.events.add(context.getInitParameter("a") + context.setInitParameter("a", "c")));
		assertThat(this.events).containsExactly("bfalse");
	}

	@Test
	void theSettingsOfTheContextAreThoseOfTheFactory() {
		this.factory.getSettings().setDisplayName("shop");
		start((context) -> {
			this.events.add(context.getServletContextName());
			this.events.add(String.valueOf(context.getRealPath("/").endsWith(java.io.File.separator)));
			this.events.add(String.valueOf(context.getAttribute(ServletContext.TEMPDIR) != null));
			this.events.add(String.valueOf(context.getJspConfigDescriptor()));
		});
		assertThat(this.events).containsExactly("shop", "true", "true", "null");
	}

	public static class DeclaredListener implements ServletContextListener {

		@Override
		public void contextInitialized(ServletContextEvent event) {
			Set<String> conflicts = event.getServletContext()
				.addServlet("declared", Echo.class)
				.addMapping("/declared");
			assertThat(conflicts).isEmpty();
		}

	}

	private final class Farewell implements ServletContextListener {

		@Override
		public void contextDestroyed(ServletContextEvent event) {
			MillraceServletWebServerFactoryTests.this.events.add("destroyed");
		}

	}

	public static class Echo extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getWriter().print(getServletName());
		}

	}

}
