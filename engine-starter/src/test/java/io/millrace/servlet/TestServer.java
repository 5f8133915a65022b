package io.millrace.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * A servlet application on a real engine, on a free port. With
 * {@code -Dmillrace.test.mode=LOOP} or another mode its handlers are run as that says.
 */
final class TestServer implements AutoCloseable {

	private final ServletApplication application;

	private final Engine engine;

	private TestServer(ServletApplication application, Engine engine) {
		this.application = application;
		this.engine = engine;
	}

	static TestServer start(Consumer<ServletApplication> registrations) throws Exception {
		return start(options(), registrations);
	}

	private static WorkerOptions workers() {
		return WorkerOptions.defaults()
			.withMode(WorkerMode.valueOf(System.getProperty("millrace.test.mode", WorkerMode.POOL.name())));
	}

	static ServletOptions.Builder options() throws IOException {
		return ServletOptions.builder().temporaryDirectory(Files.createTempDirectory("millrace-test"));
	}

	static TestServer start(ServletOptions.Builder options, Consumer<ServletApplication> registrations)
			throws Exception {
		return start(options, workers(), registrations);
	}

	static TestServer start(ServletOptions.Builder options, WorkerOptions workers,
			Consumer<ServletApplication> registrations) throws Exception {
		return start(new ServletApplication(options.build(), TestServer.class.getClassLoader()),
				EngineConfig.builder().transport(Transport.NIO).worker(workers), registrations);
	}

	static TestServer start(ServletOptions.Builder options, EngineConfig.Builder engine,
			Consumer<ServletApplication> registrations) throws Exception {
		return start(new ServletApplication(options.build(), TestServer.class.getClassLoader()), engine, registrations);
	}

	/** A server of an application with a class loader of its own. */
	static TestServer start(ServletOptions.Builder options, ClassLoader loader,
			Consumer<ServletApplication> registrations) throws Exception {
		return start(new ServletApplication(options.build(), loader),
				EngineConfig.builder().transport(Transport.NIO).worker(workers()), registrations);
	}

	private static TestServer start(ServletApplication application, EngineConfig.Builder engine,
			Consumer<ServletApplication> registrations) throws Exception {
		registrations.accept(application);
		application.start();
		application.loadOnStartup();
		InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		Engine started = new Engine(engine.eventLoops(1).listener(ListenerOptions.at(any)).build(),
				new ServletBridge(application));
		started.start();
		return new TestServer(application, started);
	}

	/** A server on virtual threads, with one servlet for everything. */
	static TestServer servingOnVirtualThreads(Handler handler) throws Exception {
		WorkerOptions virtual = new WorkerOptions(WorkerMode.VIRTUAL, 200, 10, Duration.ofSeconds(60), 1000, 1000);
		return start(options(), virtual, (application) -> add(application, "servlet", handler, "/"));
	}

	/** A server with one servlet for everything. */
	static TestServer serving(Handler handler) throws Exception {
		return start((application) -> add(application, "servlet", handler, "/"));
	}

	static ServletRegistration.Dynamic add(ServletApplication application, String name, Handler handler,
			String... patterns) {
		ServletRegistration.Dynamic registration = application.addServlet(name, new LambdaServlet(handler));
		registration.setAsyncSupported(true);
		registration.addMapping(patterns);
		return registration;
	}

	static void addFilter(ServletApplication application, String name, Filter filter, String pattern,
			DispatcherType... types) {
		FilterRegistration.Dynamic registration = application.addFilter(name, filter);
		registration.setAsyncSupported(true);
		registration.addMappingForUrlPatterns((types.length == 0) ? null : EnumSet.copyOf(List.of(types)), true,
				pattern);
	}

	/** Run something on a thread that is not the server's. */
	static CompletableFuture<Void> elsewhere(Runnable task) {
		return CompletableFuture.runAsync(task, (run) -> new Thread(run, "elsewhere").start());
	}

	int port() {
		return this.engine.port();
	}

	ServletApplication application() {
		return this.application;
	}

	Engine engine() {
		return this.engine;
	}

	RawClient client() throws IOException {
		return new RawClient(port());
	}

	/** One GET on a connection of its own. */
	RawClient.Response get(String target) throws IOException {
		try (RawClient client = client()) {
			return client.get(target).receive();
		}
	}

	RawClient.Response get(String target, Map<String, String> headers) throws IOException {
		try (RawClient client = client()) {
			StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
			headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
			return client.send(head + "\r\n").receive();
		}
	}

	RawClient.Response post(String target, String type, String body) throws IOException {
		try (RawClient client = client()) {
			return client
				.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
						+ "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
				.receive();
		}
	}

	@Override
	public void close() {
		this.engine.close();
		this.application.stop();
	}

	interface Handler {

		void handle(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;

	}

	private static final class LambdaServlet extends HttpServlet {

		private final transient Handler handler;

		LambdaServlet(Handler handler) {
			this.handler = handler;
		}

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			this.handler.handle(request, response);
		}

	}

}
