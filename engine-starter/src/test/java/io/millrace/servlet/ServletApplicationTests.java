package io.millrace.servlet;

import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ServletApplication}, {@link ApplicationResources} and the
 * registrations.
 */
class ServletApplicationTests {

	private final List<String> events = new ArrayList<>();

	private static ServletApplication application(ServletOptions.Builder options) {
		return new ServletApplication(options.build(), ServletApplicationTests.class.getClassLoader());
	}

	private static ServletApplication application() {
		return application(ServletOptions.builder());
	}

	@Test
	void theLifeOfAnApplicationIsInOrderAndItsEndInReverse() throws Exception {
		ServletApplication application = application();
		application.addServlet("second", new Recorder("second")).setLoadOnStartup(2);
		application.addServlet("first", new Recorder("first")).setLoadOnStartup(1);
		application.addServlet("lazy", new Recorder("lazy"));
		application.addFilter("one", new RecordingFilter("one"));
		application.addFilter("two", new RecordingFilter("two"));
		application.addListener(new ContextListener("a"));
		application.addListener(new ContextListener("b"));
		application.start();
		assertThat(this.events).containsExactly("a initialized", "b initialized", "one init", "two init");
		this.events.clear();
		application.loadOnStartup();
		assertThat(this.events).containsExactly("first init", "second init");
		this.events.clear();
		application.stop();
		application.stop();
		assertThat(this.events).containsExactly("second destroy", "first destroy", "two destroy", "one destroy",
				"b destroyed", "a destroyed");
	}

	@Test
	void aFilterThatFailsStopsTheStartAndWhatWasStarted() {
		ServletApplication application = application();
		application.addListener(new ContextListener("a"));
		application.addFilter("one", new RecordingFilter("one"));
		application.addFilter("bad", new RecordingFilter("bad") {

			@Override
			public void init(FilterConfig config) throws ServletException {
				throw new ServletException("no");
			}

		});
		assertThatExceptionOfType(ServletException.class).isThrownBy(application::start).withMessage("no");
		assertThat(this.events).containsExactly("a initialized", "one init", "one destroy", "a destroyed");
	}

	@Test
	void afterTheStartNothingCanBeRegistered() throws Exception {
		ServletApplication application = application();
		ServletRegistration.Dynamic servlet = application.addServlet("a", Plain.class);
		application.start();
		assertThatIllegalStateException().isThrownBy(() -> application.addServlet("b", Plain.class));
		assertThatIllegalStateException().isThrownBy(() -> application.addFilter("b", new RecordingFilter("b")));
		assertThatIllegalStateException().isThrownBy(() -> application.addListener(new ContextListener("b")));
		assertThatIllegalStateException().isThrownBy(() -> application.setInitParameter("a", "b"));
		assertThatIllegalStateException().isThrownBy(() -> application.setSessionTimeout(3));
		assertThatIllegalStateException().isThrownBy(() -> application.setSessionTrackingModes(Set.of()));
		assertThatIllegalStateException().isThrownBy(() -> application.getSessionCookieConfig().setName("x"));
		assertThatIllegalStateException().isThrownBy(() -> servlet.addMapping("/x"));
		assertThatIllegalStateException().isThrownBy(() -> servlet.setInitParameter("a", "b"));
		application.stop();
	}

	@Test
	void aNameIsTakenOnce() {
		ServletApplication application = application();
		assertThat(application.addServlet("a", Plain.class)).isNotNull();
		assertThat(application.addServlet("a", Plain.class)).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet("", Plain.class));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet("b", "java.lang.String"));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addListener(new EventListener() {
		}));
	}

	@Test
	void initParametersDoNotChangeOnceSet() {
		ServletRegistration.Dynamic servlet = application().addServlet("a", Plain.class);
		assertThat(servlet.setInitParameter("x", "1")).isTrue();
		assertThat(servlet.setInitParameter("x", "2")).isFalse();
		assertThat(servlet.setInitParameters(Map.of("x", "3", "y", "3"))).containsExactly("x");
		assertThat(servlet.getInitParameters()).containsOnly(Map.entry("x", "1"));
	}

	@Test
	void annotationsOfAServletCount() throws Exception {
		ServletApplication application = application();
		application.addServlet("a", Uploading.class.getName());
		assertThat(application.registry().servlets().get("a").multipartConfig().getMaxFileSize()).isEqualTo(7);
		application.addServlet("b", Guarded.class);
		assertThat(application.registry().servlets().get("b").security()).isNotNull();
		application.addServlet("c", application.createServlet(Guarded.class));
		assertThat(application.registry().servlets().get("c").security()).isNotNull();
		application.addServlet("d", new Guarded());
		assertThat(application.registry().servlets().get("d").security()).isNull();
	}

	@Test
	void attributeListenersSeeEveryChange() {
		ServletApplication application = application();
		application.addListener(new ServletContextAttributeListener() {

			@Override
			public void attributeAdded(ServletContextAttributeEvent event) {
				ServletApplicationTests.this.events.add("added " + event.getValue());
			}

			@Override
			public void attributeReplaced(ServletContextAttributeEvent event) {
				ServletApplicationTests.this.events.add("replaced " + event.getValue());
			}

			@Override
			public void attributeRemoved(ServletContextAttributeEvent event) {
				ServletApplicationTests.this.events.add("removed " + event.getValue());
			}

		});
		application.setAttribute("a", 1);
		application.setAttribute("a", 2);
		application.setAttribute("a", null);
		application.removeAttribute("a");
		assertThat(this.events).containsExactly("added 1", "replaced 1", "removed 2");
		assertThat(application.getAttribute(ServletContext.TEMPDIR)).isInstanceOf(java.io.File.class);
	}

	@Test
	void resourcesComeFromTheDocumentRootAndFromLibrariesAndNotFromElsewhere(@TempDir Path temp) throws Exception {
		Path root = Files.createDirectories(temp.resolve("root/sub"));
		Files.writeString(root.resolve("own file.txt"), "own");
		Files.writeString(temp.resolve("secret.txt"), "secret");
		Path jar = temp.resolve("library.jar");
		try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
			out.putNextEntry(new JarEntry("META-INF/resources/sub/lib.js"));
			out.write("lib".getBytes());
			out.putNextEntry(new JarEntry("META-INF/resources/sub/more/x.js"));
			out.putNextEntry(new JarEntry("private.txt"));
		}
		Path directory = Files.createDirectories(temp.resolve("classes/META-INF/resources/sub"));
		Files.writeString(directory.resolve("dev.js"), "dev");
		List<URL> libraries = List.of(jar.toUri().toURL(), temp.resolve("classes").toUri().toURL());
		ServletApplication application = application(ServletOptions.builder()
			.documentRoot(temp.resolve("root"))
			.staticResources(libraries)
			.mimeMappings(Map.of("js", "text/javascript")));
		assertThat(application.getResource("/sub/own file.txt")).isNotNull();
		assertThat(application.getResourceAsStream("/sub/lib.js")).hasContent("lib");
		assertThat(application.getResourceAsStream("/sub/dev.js")).hasContent("dev");
		assertThat(application.getResourcePaths("/sub")).containsExactlyInAnyOrder("/sub/own file.txt", "/sub/lib.js",
				"/sub/dev.js", "/sub/more/");
		assertThat(application.getResource("/../secret.txt")).isNull();
		assertThat(application.getResource("/sub/../../secret.txt")).isNull();
		assertThat(application.getResource("/../../private.txt")).isNull();
		assertThat(application.getRealPath("/../secret.txt")).isNull();
		assertThat(application.getRealPath("/sub/x")).isEqualTo(temp.resolve("root/sub/x").toString());
		assertThat(application.getMimeType("a/b.JS")).isEqualTo("text/javascript");
		assertThatExceptionOfType(MalformedURLException.class).isThrownBy(() -> application.getResource("sub"));
	}

	private final class Recorder extends GenericServlet {

		private final String name;

		Recorder(String name) {
			this.name = name;
		}

		@Override
		public void init() {
			ServletApplicationTests.this.events.add(this.name + " init");
		}

		@Override
		public void destroy() {
			ServletApplicationTests.this.events.add(this.name + " destroy");
		}

		@Override
		public void service(ServletRequest request, ServletResponse response) {
		}

	}

	private class RecordingFilter implements Filter {

		private final String name;

		RecordingFilter(String name) {
			this.name = name;
		}

		@Override
		public void init(FilterConfig config) throws ServletException {
			ServletApplicationTests.this.events.add(this.name + " init");
		}

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {
		}

		@Override
		public void destroy() {
			ServletApplicationTests.this.events.add(this.name + " destroy");
		}

	}

	private final class ContextListener implements ServletContextListener {

		private final String name;

		ContextListener(String name) {
			this.name = name;
		}

		@Override
		public void contextInitialized(ServletContextEvent event) {
			ServletApplicationTests.this.events.add(this.name + " initialized");
		}

		@Override
		public void contextDestroyed(ServletContextEvent event) {
			ServletApplicationTests.this.events.add(this.name + " destroyed");
		}

	}

	static class Plain extends GenericServlet {

		@Override
		public void service(ServletRequest request, ServletResponse response) {
		}

	}

	@MultipartConfig(maxFileSize = 7)
	static class Uploading extends Plain {

	}

	@ServletSecurity
	static class Guarded extends Plain {

	}

}
