package io.millrace.servlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import jakarta.annotation.security.RunAs;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.GenericFilter;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.HandlesTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ContextRegistrations}, {@link ConfigurationGuard} and the registrations
 * (Servlet 6.1 §4.4).
 */
class ContextRegistrationsTests {

	private static ServletApplication application() {
		return new ServletApplication(ServletOptions.builder().build(),
				ContextRegistrationsTests.class.getClassLoader());
	}

	@Test
	void aRegistrationNeedsANameAndAComponent() {
		ServletApplication application = application();
		for (String name : Arrays.asList(null, "")) {
			assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet(name, Plain.class));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet(name, new Plain()));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet(name, Plain.class.getName()));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addFilter(name, Through.class));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addFilter(name, new Through()));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addFilter(name, Through.class.getName()));
			assertThatIllegalArgumentException().isThrownBy(() -> application.addJspFile(name, "/a.jsp"));
			assertThatIllegalArgumentException().isThrownBy(() -> application.declareRoles(name));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> application.addJspFile("a", ""));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addServlet("a", (Servlet) null));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addFilter("a", (Filter) null));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addListener((String) null));
		assertThatIllegalArgumentException().isThrownBy(() -> application.addListener("no.such.Listener"));
		assertThatIllegalArgumentException().isThrownBy(() -> application.createListener(EventListener.class));
		assertThat(application.getServletRegistrations()).isEmpty();
	}

	@Test
	void aSecondOneOfTheSameNameIsNotTaken() {
		ServletApplication application = application();
		assertThat(application.addServlet("a", Plain.class)).isNotNull();
		assertThat(application.addServlet("a", Plain.class.getName())).isNull();
		assertThat(application.addJspFile("a", "/a.jsp")).isNull();
		assertThat(application.addFilter("a", Through.class)).isNotNull();
		assertThat(application.addFilter("a", new Through())).isNull();
		assertThat(application.getServletRegistration("a").getClassName()).isEqualTo(Plain.class.getName());
		assertThat(application.getFilterRegistration("a").getClassName()).isEqualTo(Through.class.getName());
		assertThat(application.getServletRegistration("b")).isNull();
	}

	@Test
	void aClassThatIsMissingIsMissedWhenItIsNeeded() throws Exception {
		ServletApplication application = application();
		assertThat(application.addServlet("a", "no.such.Servlet").getClassName()).isEqualTo("no.such.Servlet");
		application.start();
		assertThatExceptionOfType(ServletException.class)
			.isThrownBy(application.registry().servlets().get("a")::servlet)
			.withMessageContaining("no.such.Servlet");
		application.stop();
		ServletApplication other = application();
		other.addFilter("a", "no.such.Filter");
		assertThatExceptionOfType(ServletException.class).isThrownBy(other::start)
			.withMessageContaining("no.such.Filter");
	}

	@Test
	void componentsAreMadeByTheirConstructorOrNotAtAll() throws Exception {
		ServletApplication application = application();
		assertThat(application.createServlet(Plain.class)).isInstanceOf(Plain.class);
		assertThat(application.createFilter(Through.class)).isInstanceOf(Through.class);
		assertThat(application.createListener(Counting.class)).isInstanceOf(Counting.class);
		assertThatExceptionOfType(ServletException.class).isThrownBy(() -> application.createServlet(Stubborn.class));
	}

	@Test
	void patternsOfOthersAreToldAndNothingIsMapped() {
		ServletApplication application = application();
		application.addServlet("a", Plain.class).addMapping("/a", "/both");
		ServletRegistration.Dynamic second = application.addServlet("b", Plain.class);
		assertThat(second.addMapping("/b", "/a", "/both")).containsExactlyInAnyOrder("/a", "/both");
		assertThat(second.getMappings()).isEmpty();
		assertThat(second.addMapping("/b", "*.b", "")).isEmpty();
		assertThat(second.addMapping("/b")).isEmpty();
		assertThat(second.getMappings()).containsExactlyInAnyOrder("/b", "*.b", "");
		assertThatIllegalArgumentException().isThrownBy(second::addMapping);
		assertThatIllegalArgumentException().isThrownBy(() -> second.addMapping((String[]) null));
		assertThatIllegalArgumentException().isThrownBy(() -> second.addMapping("/c", null));
		assertThatIllegalArgumentException().isThrownBy(() -> second.addMapping("c"));
		assertThatIllegalArgumentException().isThrownBy(() -> second.addMapping("*.c/d"));
	}

	@Test
	void registrationsTellWhatTheyHave() {
		ServletApplication application = application();
		ServletRegistration.Dynamic servlet = application.addServlet("a", RunningAs.class);
		assertThat(servlet.getRunAsRole()).isEqualTo("clerk");
		servlet.setRunAsRole("boss");
		assertThat(servlet.getRunAsRole()).isEqualTo("boss");
		assertThat(servlet.setInitParameters(Map.of("x", "1"))).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> servlet.setInitParameter(null, "a"));
		assertThatIllegalArgumentException().isThrownBy(() -> servlet.setInitParameter("a", null));
		assertThatIllegalArgumentException().isThrownBy(() -> servlet.setInitParameters(null));
		assertThatIllegalArgumentException().isThrownBy(() -> servlet.setServletSecurity(null));
		assertThatIllegalArgumentException().isThrownBy(() -> servlet.setMultipartConfig(null));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> servlet.getInitParameters().put("y", "2"));
		FilterRegistration.Dynamic filter = application.addFilter("f", Through.class);
		filter.addMappingForServletNames(EnumSet.of(DispatcherType.FORWARD), true, "a", "b");
		filter.addMappingForUrlPatterns(null, false, "/x", "/x");
		assertThat(filter.getServletNameMappings()).containsExactly("a", "b");
		assertThat(filter.getUrlPatternMappings()).containsExactly("/x");
		assertThatIllegalArgumentException().isThrownBy(() -> filter.addMappingForUrlPatterns(null, true));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> filter.addMappingForServletNames(null, true, (String[]) null));
	}

	@Test
	void afterTheStartARegistrationIsFixed() throws Exception {
		ServletApplication application = application();
		ServletRegistration.Dynamic servlet = application.addServlet("a", Plain.class);
		FilterRegistration.Dynamic filter = application.addFilter("f", Through.class);
		application.start();
		List<Runnable> late = List.of(() -> servlet.setLoadOnStartup(1), () -> servlet.setAsyncSupported(true),
				() -> servlet.setRunAsRole("a"), () -> servlet.addMapping("/a"),
				() -> servlet.setServletSecurity(new jakarta.servlet.ServletSecurityElement()),
				() -> servlet.setInitParameters(Map.of()), () -> filter.setAsyncSupported(true),
				() -> filter.addMappingForUrlPatterns(null, true, "/a"),
				() -> filter.addMappingForServletNames(null, true, "a"), () -> application.declareRoles("a"),
				() -> application.addJspFile("b", "/b.jsp"), () -> application.setRequestCharacterEncoding("UTF-8"),
				() -> application.setResponseCharacterEncoding("UTF-8"), () -> application.addListener("no.such.Type"));
		assertThat(late).allSatisfy((call) -> assertThatIllegalStateException().isThrownBy(call::run));
		assertThat(application.getServletRegistration("a").getMappings()).isEmpty();
		application.stop();
	}

	@Test
	void aListenerThatWasAddedByTheProgramCannotConfigure() throws Exception {
		List<Class<?>> refused = new ArrayList<>();
		ServletApplication application = application();
		application.addListener((Told) (context) -> {
			for (Consumer<ServletContext> call : configuring()) {
				try {
					call.accept(context);
				}
				catch (RuntimeException ex) {
					refused.add(ex.getClass());
				}
			}
			assertThat(context.getClassLoader()).isNotNull();
			assertThat(context.getEffectiveMajorVersion()).isEqualTo(6);
			context.setAttribute("a", "b");
		});
		application.start();
		assertThat(refused).hasSize(configuring().size()).containsOnly(UnsupportedOperationException.class);
		assertThat(application.getServletRegistrations()).isEmpty();
		application.stop();
	}

	private static List<Consumer<ServletContext>> configuring() {
		return List.of((context) -> context.addServlet("a", "no.such.Type"),
				(context) -> context.addServlet("a", Plain.class), (context) -> context.addServlet("a", new Plain()),
				(context) -> context.addJspFile("a", "/a.jsp"), (context) -> context.addFilter("a", "no.such.Type"),
				(context) -> context.addFilter("a", Through.class), (context) -> context.addFilter("a", new Through()),
				(context) -> context.addListener("no.such.Type"), (context) -> context.addListener(Counting.class),
				(context) -> context.addListener(new Counting()), (context) -> unchecked(() -> {
					context.createServlet(Plain.class);
				}), (context) -> unchecked(() -> {
					context.createFilter(Through.class);
				}), (context) -> unchecked(() -> {
					context.createListener(Counting.class);
				}), (context) -> context.getServletRegistration("a"), ServletContext::getServletRegistrations,
				(context) -> context.getFilterRegistration("a"), ServletContext::getFilterRegistrations,
				ServletContext::getSessionCookieConfig, (context) -> context.setSessionTrackingModes(Set.of()),
				(context) -> context.setSessionTimeout(1), (context) -> context.declareRoles("a"),
				(context) -> context.setInitParameter("a", "b"),
				(context) -> context.setRequestCharacterEncoding("UTF-8"),
				(context) -> context.setResponseCharacterEncoding("UTF-8"));
	}

	private static void unchecked(Step step) {
		try {
			step.run();
		}
		catch (ServletException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void aListenerThatWasDeclaredMayConfigureButAddNoneOfItsKind() throws Exception {
		ServletApplication application = application();
		application.declareListener(Declared.class.getName());
		application.start();
		assertThat(application.getServletRegistrations()).containsOnlyKeys("declared");
		assertThat(application.getFilterRegistrations()).containsOnlyKeys("declared");
		assertThat(application.getInitParameter("declared")).isEqualTo("yes");
		assertThat(application.getAttribute("refused")).isEqualTo(IllegalArgumentException.class);
		application.stop();
	}

	@Test
	void anInitializerIsCalledBeforeTheListenersAndGetsItsClasses() throws Exception {
		List<String> events = new ArrayList<>();
		ServletApplication application = application();
		application.addListener((Told) (context) -> events.add("listener " + context.getAttribute("from")));
		application.addInitializer(new Initializer(events), Set.of(Plain.class));
		application.addInitializer((classes, context) -> events.add("second " + classes), Set.of());
		application.start();
		assertThat(events).containsExactly("first [" + Plain.class + "]", "second null", "listener initializer");
		assertThat(application.getServletRegistration("initialised")).isNotNull();
		application.stop();
	}

	@Test
	void anInitializerThatFailsStopsTheStart() {
		ServletApplication application = application();
		application.addInitializer((classes, context) -> {
			throw new ServletException("no");
		}, Set.of());
		assertThatExceptionOfType(ServletException.class).isThrownBy(application::start).withMessage("no");
	}

	@Test
	void listenersAreToldWhateverTheOthersThrow() throws Exception {
		List<String> told = new ArrayList<>();
		ServletApplication application = application();
		application.addListener(new ServletContextAttributeListener() {

			@Override
			public void attributeAdded(jakarta.servlet.ServletContextAttributeEvent event) {
				throw new IllegalStateException("bad listener");
			}

		});
		application.addListener(new ServletContextAttributeListener() {

			@Override
			public void attributeAdded(jakarta.servlet.ServletContextAttributeEvent event) {
				told.add(event.getName());
			}

		});
		application.setAttribute("a", "b");
		assertThat(told).containsExactly("a");
		assertThat(application.getAttribute("a")).isEqualTo("b");
	}

	@Test
	void aPageOfJspIsRefusedClearlyWhereItIsAskedFor() throws Exception {
		try (TestServer server = TestServer
			.start((application) -> application.addJspFile("page", "/page.jsp").addMapping("/page"))) {
			assertThat(server.get("/page").status()).isEqualTo(501);
		}
	}

	interface Told extends ServletContextListener {

		void tell(ServletContext context);

		@Override
		default void contextInitialized(ServletContextEvent event) {
			tell(event.getServletContext());
		}

	}

	interface Step {

		void run() throws ServletException;

	}

	public static class Declared implements Told {

		@Override
		public void tell(ServletContext context) {
			context.addServlet("declared", Plain.class);
			context.addFilter("declared", Through.class);
			context.addListener(Counting.class);
			context.setInitParameter("declared", "yes");
			try {
				context.addListener(new Declared());
			}
			catch (RuntimeException ex) {
				context.setAttribute("refused", ex.getClass());
			}
		}

	}

	@HandlesTypes(Servlet.class)
	private record Initializer(List<String> events) implements ServletContainerInitializer {

		@Override
		public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
			this.events.add("first " + classes);
			context.addServlet("initialised", Plain.class);
			context.setAttribute("from", "initializer");
		}

	}

	public static class Counting implements ServletRequestListener {

	}

	public static class Plain extends GenericServlet {

		@Override
		public void service(ServletRequest request, ServletResponse response) {
		}

	}

	public static class Stubborn extends Plain {

		public Stubborn(String needed) {
			assertThat(needed).isNotNull();
		}

	}

	@RunAs("clerk")
	public static class RunningAs extends Plain {

	}

	public static class Through extends GenericFilter {

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, jakarta.servlet.FilterChain chain) {
		}

	}

}
