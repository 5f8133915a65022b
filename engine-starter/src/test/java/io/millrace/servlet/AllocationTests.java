package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

import com.sun.management.ThreadMXBean;
import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.netty.util.ResourceLeakDetector;
import jakarta.servlet.ServletRegistration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.CharacterEncodingFilter;
import org.springframework.web.filter.FormContentFilter;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much is allocated for a request beneath Spring. What Spring asks of the container
 * for a JSON response is recorded, and repeated without Spring: then all that the threads
 * of the engine allocate, from the socket to the socket, is ours.
 */
@Tag("own-jvm")
class AllocationTests {

	// In bytes. 1,500 are the promise.
	private static final int CEILING = 1500;

	private static final int MAX_ROUNDS = 100;

	private static final int REQUESTS = 2000;

	private static final String BODY = "{\"name\":\"Ada\",\"year\":3}";

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void aJsonRequestOfMvcTakesLittleMemoryBeneathSpring() throws Exception {
		ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
		// It allocates for every buffer that it watches.
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
		RecordedCalls calls = new RecordedCalls();
		// The transport that is used where nobody chooses: NIO allocates for every event.
		try (TestServer server = TestServer.start(TestServer.options(), EngineConfig.builder(),
				(application) -> register(application, calls)); RawClient client = server.client()) {
			assertThat(client.send(request("/students/3")).receive().body()).isEqualTo(BODY);
			assertThat(calls.count("setAttribute")).isGreaterThan(10);
			assertThat(client.send(request("/repeated")).receive().body()).isEqualTo(BODY);
			long allocated = allocatedPerRequest(client, request("/repeated"));
			assertThat(allocated).as("bytes allocated for a request").isLessThan(CEILING);
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
	}

	private static void register(ServletApplication application, RecordedCalls calls) {
		AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
		context.register(Application.class);
		TestServer.addFilter(application, "recorder", calls.recorder(), "/students/*");
		// Those that Boot adds.
		TestServer.addFilter(application, "encoding", new CharacterEncodingFilter("UTF-8", true), "/students/*");
		TestServer.addFilter(application, "form", new FormContentFilter(), "/students/*");
		TestServer.addFilter(application, "context", new RequestContextFilter(), "/students/*");
		ServletRegistration.Dynamic dispatcher = application.addServlet("dispatcher", new DispatcherServlet(context));
		dispatcher.setAsyncSupported(true);
		dispatcher.addMapping("/");
		ServletRegistration.Dynamic player = application.addServlet("player", calls.player());
		player.setAsyncSupported(true);
		player.addMapping("/repeated");
	}

	private static byte[] request(String path) {
		return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept: application/json\r\n"
				+ "Accept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
	}

	// The first rounds are not compiled yet; how many that are depends on the machine.
	private long allocatedPerRequest(RawClient client, byte[] request) throws IOException {
		OutputStream out = client.socket().getOutputStream();
		InputStream in = client.in();
		byte[] response = new byte[responseLength(client, request)];
		long least = Long.MAX_VALUE;
		for (int i = 0; i < MAX_ROUNDS && least >= CEILING; i++) {
			long before = allocated();
			for (int j = 0; j < REQUESTS; j++) {
				out.write(request);
				in.readNBytes(response, 0, response.length);
			}
			least = Math.min(least, (allocated() - before) / REQUESTS);
		}
		return least;
	}

	private static int responseLength(RawClient client, byte[] request) throws IOException {
		client.send(request);
		int length = BODY.length();
		String line;
		do {
			line = client.line();
			length += line.length() + 2;
		}
		while (!line.isEmpty());
		client.in().skipNBytes(BODY.length());
		return length;
	}

	private long allocated() {
		long allocated = 0;
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			if (thread.getName().startsWith("millrace-")) {
				allocated += this.threads.getThreadAllocatedBytes(thread.getId());
			}
		}
		return allocated;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	@Import(Students.class)
	static class Application {

	}

	@RestController
	static class Students {

		@GetMapping("/students/3")
		Student student() {
			return new Student("Ada", 3);
		}

	}

	record Student(String name, int year) {

	}

}
