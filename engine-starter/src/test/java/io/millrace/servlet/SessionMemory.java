package io.millrace.servlet;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpSession;
import org.apache.catalina.Context;
import org.apache.catalina.Session;
import org.apache.catalina.startup.Tomcat;

import org.springframework.mock.web.MockServletContext;

/**
 * Measures what live sessions take of the heap, next to those of Tomcat;
 * docs/benchmarks.md has figures. Not a test: run its main method with the test class
 * path, arguments are how many sessions and how many attributes each has. The values are
 * shared, so that only what the container adds is counted.
 */
final class SessionMemory {

	private static final String[] NAMES = { "SPRING_SECURITY_CONTEXT", "cart", "locale", "visits", "theme", "a", "b",
			"c" };

	private static final Object VALUE = new Object();

	private SessionMemory() {
	}

	public static void main(String[] arguments) throws Exception {
		int count = Integer.parseInt(arguments[0]);
		int attributes = Integer.parseInt(arguments[1]);
		System.out.printf("JDK %s, %,d sessions, %d attributes%n", Runtime.version(), count, attributes);
		SessionStore store = new SessionStore(new MockServletContext(), new SessionSettings(), new SessionListeners(),
				new SessionStorage(-1, null, java.util.List.of()));
		measure("Millrace", count, attributes, () -> {
			ServletSession session = store.create();
			store.release(session);
			return session;
		});
		System.out.println("live: " + store.size());
		long start = System.nanoTime();
		store.sweep(System.currentTimeMillis());
		System.out.printf("a sweep that finds nothing takes %.1f ms%n", (System.nanoTime() - start) / 1e6);
		store.stop();
		Path directory = Files.createTempDirectory("session-memory");
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(directory.toString());
		Context context = tomcat.addContext("", null);
		tomcat.start();
		measure("Tomcat", count, attributes, () -> {
			Session session = context.getManager().createSession(null);
			session.endAccess();
			return session.getSession();
		});
		System.out.println("live: " + context.getManager().getActiveSessions());
		System.exit(0);
	}

	private static void measure(String name, int count, int attributes, Supplier<HttpSession> sessions) {
		// What is loaded with the first session is not counted.
		add(sessions.get(), attributes);
		long before = usedAfterCollection();
		for (int i = 0; i < count; i++) {
			add(sessions.get(), attributes);
		}
		long used = usedAfterCollection() - before;
		System.out.printf("%s: %.1f MB, %.1f bytes a session%n", name, used / 1048576.0, (double) used / count);
	}

	private static void add(HttpSession session, int attributes) {
		for (int i = 0; i < attributes; i++) {
			session.setAttribute(NAMES[i], VALUE);
		}
	}

	private static long usedAfterCollection() {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return memory.getHeapMemoryUsage().getUsed();
	}

}
