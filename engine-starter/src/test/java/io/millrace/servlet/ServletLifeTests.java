package io.millrace.servlet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link ServletLife} (Servlet 6.1 §2.3), over real sockets.
 */
class ServletLifeTests {

	private final List<String> events = new CopyOnWriteArrayList<>();

	@Test
	void aServletIsInitialisedByItsFirstRequestAndOnce() throws Exception {
		CyclicBarrier together = new CyclicBarrier(2);
		try (TestServer server = TestServer.start((application) -> application.addServlet("a", new Recorder((init) -> {
		}, (request) -> {
		})).addMapping("/"))) {
			assertThat(this.events).isEmpty();
			Thread other = new Thread(() -> request(server, together));
			other.start();
			request(server, together);
			other.join();
			assertThat(this.events).containsExactly("init", "service", "service");
		}
		assertThat(this.events).last().isEqualTo("destroy");
	}

	private static void request(TestServer server, CyclicBarrier together) {
		try {
			together.await();
			assertThat(server.get("/").status()).isEqualTo(200);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void aServletThatFailsToInitialiseIsTriedAgain() throws Exception {
		AtomicInteger attempts = new AtomicInteger();
		try (TestServer server = TestServer.start((application) -> application.addServlet("a", new Recorder((init) -> {
			if (attempts.incrementAndGet() == 1) {
				throw new ServletException("not yet");
			}
		}, (request) -> {
		})).addMapping("/"))) {
			assertThat(server.get("/").status()).isEqualTo(500);
			assertThat(server.get("/").status()).isEqualTo(200);
			assertThat(this.events).containsExactly("init", "init", "service");
		}
	}

	@Test
	void aServletThatIsUnavailableForATimeComesBackAndIsNotInitialisedAgain() throws Exception {
		AtomicInteger requests = new AtomicInteger();
		try (TestServer server = TestServer.start((application) -> application.addServlet("a", new Recorder((init) -> {
		}, (request) -> {
			if (requests.incrementAndGet() == 1) {
				throw new UnavailableException("in a second", 1);
			}
		})).addMapping("/"))) {
			RawClient.Response busy = server.get("/");
			assertThat(busy.status()).isEqualTo(503);
			assertThat(busy.header("retry-after")).isEqualTo("1");
			await().untilAsserted(() -> assertThat(server.get("/").status()).isEqualTo(200));
			assertThat(this.events).containsExactly("init", "service", "service");
		}
	}

	@Test
	void aServletThatIsUnavailableForEverIsDestroyed() throws Exception {
		try (TestServer server = TestServer.start((application) -> application.addServlet("a", new Recorder((init) -> {
		}, (request) -> {
			throw new UnavailableException("never again");
		})).addMapping("/"))) {
			assertThat(server.get("/").status()).isEqualTo(404);
			assertThat(server.get("/").status()).isEqualTo(404);
			assertThat(this.events).containsExactly("init", "service", "destroy");
		}
		assertThat(this.events).containsExactly("init", "service", "destroy");
	}

	@Test
	void onlyTheServletThatSaysSoIsUnavailable() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "outer", (request, response) -> {
				if (request.getParameter("alone") == null) {
					request.getRequestDispatcher("/inner").include(request, response);
				}
			}, "/outer");
			application.addServlet("inner", new Recorder((init) -> {
			}, (request) -> {
				throw new UnavailableException("never again");
			})).addMapping("/inner");
		})) {
			assertThat(server.get("/outer").status()).isEqualTo(404);
			assertThat(server.get("/outer?alone=1").status()).isEqualTo(200);
			assertThat(this.events).containsExactly("init", "service", "destroy");
		}
	}

	@Test
	void everythingRunsWithTheClassLoaderOfTheApplication() throws Exception {
		List<ClassLoader> seen = new CopyOnWriteArrayList<>();
		ClassLoader own = new ClassLoader(getClass().getClassLoader()) {
		};
		ServletApplication application = new ServletApplication(TestServer.options().build(), own);
		application.addInitializer((classes, context) -> seen.add(Thread.currentThread().getContextClassLoader()),
				java.util.Set.of());
		application.addListener(new LoaderListener(seen));
		application.addServlet("a", new GenericServlet() {

			@Override
			public void init() {
				seen.add(Thread.currentThread().getContextClassLoader());
			}

			@Override
			public void service(ServletRequest request, ServletResponse response) {
			}

			@Override
			public void destroy() {
				seen.add(Thread.currentThread().getContextClassLoader());
			}

		}).setLoadOnStartup(0);
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		application.start();
		application.loadOnStartup();
		application.stop();
		assertThat(seen).hasSize(5).containsOnly(own);
		assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
	}

	private record LoaderListener(List<ClassLoader> seen) implements jakarta.servlet.ServletContextListener {

		@Override
		public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
			this.seen.add(Thread.currentThread().getContextClassLoader());
		}

		@Override
		public void contextDestroyed(jakarta.servlet.ServletContextEvent event) {
			this.seen.add(Thread.currentThread().getContextClassLoader());
		}

	}

	interface Step<T> {

		void run(T with) throws ServletException;

	}

	private final class Recorder extends GenericServlet {

		private final transient Step<Recorder> init;

		private final transient Step<ServletRequest> service;

		Recorder(Step<Recorder> init, Step<ServletRequest> service) {
			this.init = init;
			this.service = service;
		}

		@Override
		public void init() throws ServletException {
			ServletLifeTests.this.events.add("init");
			this.init.run(this);
		}

		@Override
		public void service(ServletRequest request, ServletResponse response) throws ServletException {
			ServletLifeTests.this.events.add("service");
			this.service.run(request);
		}

		@Override
		public void destroy() {
			ServletLifeTests.this.events.add("destroy");
		}

	}

}
