package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSessionListener;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that has been stopped leaves nothing behind: no thread, thread-local or
 * static field holds its class loader, or every restart of devtools would cost all its
 * classes.
 */
class ApplicationLeakTests {

	@Test
	void theClassLoaderOfAStoppedApplicationIsFreed() throws Exception {
		WeakReference<ClassLoader> loader = serveAndStop();
		await().untilAsserted(() -> {
			System.gc();
			assertThat(loader.get()).isNull();
		});
	}

	// On its own, so that no frame holds what is to be freed.
	private static WeakReference<ClassLoader> serveAndStop() throws Exception {
		OwnLoader loader = new OwnLoader();
		try (TestServer server = TestServer.start(TestServer.options(), loader, (application) -> {
			application.addListener(Listening.class.getName());
			ServletRegistration.Dynamic servlet = application.addServlet("busy", Busy.class.getName());
			servlet.setAsyncSupported(true);
			servlet.addMapping("/");
		}); RawClient client = server.client()) {
			Class<?> type = server.application().registry().servlets().get("busy").servlet().getClass();
			assertThat(type.getClassLoader()).isSameAs(loader);
			assertThat(client.get("/?session=1").receive().body()).isEqualTo("busy");
			assertThat(client.get("/?async=1").receive().body()).isEqualTo("later");
			assertThat(client.get("/?fail=1").receive().status()).isEqualTo(500);
		}
		return new WeakReference<>(loader);
	}

	public static class Listening implements ServletContextListener, HttpSessionListener {

	}

	public static class Busy extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getParameter("fail") != null) {
				throw new OwnException();
			}
			if (request.getParameter("session") != null) {
				request.getSession().setAttribute("own", new OwnException());
			}
			if (request.getParameter("async") != null) {
				AsyncContext context = request.startAsync();
				context.start(() -> {
					try {
						response.getWriter().print("later");
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
					context.complete();
				});
				return;
			}
			response.getWriter().print("busy");
		}

	}

	public static class OwnException extends RuntimeException {

	}

	/** Defines the classes of this test anew. */
	private static final class OwnLoader extends ClassLoader {

		OwnLoader() {
			super(ApplicationLeakTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith(ApplicationLeakTests.class.getName() + "$")) {
				return super.loadClass(name, resolve);
			}
			Class<?> known = findLoadedClass(name);
			return (known != null) ? known : define(name);
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = in.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
