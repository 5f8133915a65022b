package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import com.sun.management.ThreadMXBean;
import io.millrace.core.RawClient;
import io.netty.util.ResourceLeakDetector;
import jakarta.servlet.ServletRegistration;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much is allocated for a request beneath Spring: what the threads of the engine
 * allocate, less what Spring allocates by itself for the same request.
 */
class AllocationTests {

	private static final int ROUNDS = 12;

	private static final int REQUESTS = 2000;

	private static final Map<String, String> HEADERS = headers();

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static Map<String, String> headers() {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("Host", "localhost");
		headers.put("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
		headers.put("Accept", "application/json");
		headers.put("Accept-Encoding", "gzip, deflate, br");
		headers.put("Connection", "keep-alive");
		return headers;
	}

	@Test
	void aJsonRequestOfMvcTakesLittleMemoryBeneathSpring() throws Exception {
		ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
		// It allocates for every buffer that it watches.
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
		AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
		context.register(Application.class);
		DispatcherServlet dispatcher = new DispatcherServlet(context);
		try (TestServer server = TestServer.start((application) -> {
			ServletRegistration.Dynamic registration = application.addServlet("dispatcher", dispatcher);
			registration.setAsyncSupported(true);
			registration.setLoadOnStartup(1);
			registration.addMapping("/");
		}); RawClient client = server.client()) {
			assertThat(client.send(request()).receive().body()).isEqualTo("{\"name\":\"Ada\",\"year\":3}");
			long alone = allocatedBySpring(server, dispatcher);
			long all = allocatedByTheEngine(client);
			System.err.println("ALL " + all + " SPRING " + alone + " BENEATH " + (all - alone));
			assertThat(all - alone).as("bytes for a request beneath Spring, of %s in all", all).isLessThan(1500);
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
	}

	private static byte[] request() {
		StringBuilder request = new StringBuilder("GET /students/3 HTTP/1.1\r\n");
		HEADERS.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
		return request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
	}

	// The least of all rounds: the first ones are not compiled yet.
	private long allocatedBySpring(TestServer server, DispatcherServlet dispatcher) throws Exception {
		CostlessRequest request = new CostlessRequest(server.application(), "/students/3", HEADERS);
		CostlessResponse response = new CostlessResponse();
		long least = Long.MAX_VALUE;
		for (int i = 0; i < ROUNDS; i++) {
			long before = this.threads.getCurrentThreadAllocatedBytes();
			for (int j = 0; j < REQUESTS; j++) {
				dispatcher.service(request, response);
				request.removeAttributes();
			}
			least = Math.min(least, (this.threads.getCurrentThreadAllocatedBytes() - before) / REQUESTS);
		}
		return least;
	}

	private long allocatedByTheEngine(RawClient client) throws IOException {
		byte[] request = request();
		OutputStream out = client.socket().getOutputStream();
		InputStream in = client.in();
		int length = responseLength(client, request);
		byte[] response = new byte[length];
		long least = Long.MAX_VALUE;
		for (int i = 0; i < ROUNDS; i++) {
			long before = allocatedByThreads();
			for (int j = 0; j < REQUESTS; j++) {
				out.write(request);
				in.readNBytes(response, 0, length);
			}
			least = Math.min(least, (allocatedByThreads() - before) / REQUESTS);
		}
		return least;
	}

	private static int responseLength(RawClient client, byte[] request) throws IOException {
		client.send(request);
		int length = 0;
		String line;
		do {
			line = client.line();
			length += line.length() + 2;
		}
		while (!line.isEmpty());
		String body = "{\"name\":\"Ada\",\"year\":3}";
		client.in().skipNBytes(body.length());
		return length + body.length();
	}

	private long allocatedByThreads() {
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
