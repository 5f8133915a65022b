package io.millrace.core;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.sun.management.ThreadMXBean;
import io.millrace.core.http.Exchange;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much is allocated for handing an exchange to a worker and its response back: what
 * the same exchange takes where it stays on the event loop is subtracted.
 */
@Tag("own-jvm")
class DispatchAllocationTests {

	private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final int ROUNDS = 30;

	private static final int REQUESTS = 5000;

	// In bytes: the exchange as a task, and the way back to the loop as another.
	private static final int TASKS = 96;

	// A virtual thread is an object, with its name and what the JDK has to run it.
	private static final int VIRTUAL_THREAD = 800;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

	@BeforeEach
	void noLeakDetection() {
		// It allocates for every buffer that it watches.
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
	}

	@AfterEach
	void leakDetection() {
		ResourceLeakDetector.setLevel(this.level);
	}

	@Test
	void thePoolTakesNothingButTheTasks() throws Exception {
		long inline = allocatedPerRequest(WorkerMode.INLINE, Long.MAX_VALUE);
		long most = inline + TASKS;
		assertThat(allocatedPerRequest(WorkerMode.POOL, most)).as("bytes for a request, %d inline", inline)
			.isLessThanOrEqualTo(most);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsTakeNothingButTheTasksAndAThread() throws Exception {
		long inline = allocatedPerRequest(WorkerMode.INLINE, Long.MAX_VALUE);
		long most = inline + TASKS + VIRTUAL_THREAD;
		assertThat(allocatedPerRequest(WorkerMode.VIRTUAL, most)).as("bytes for a request, %d inline", inline)
			.isLessThanOrEqualTo(most);
	}

	// The first rounds are not compiled yet; how many that are depends on the machine.
	private long allocatedPerRequest(WorkerMode mode, long enough) throws Exception {
		WorkerOptions workers = new WorkerOptions(mode, 4, 4, Duration.ofSeconds(60), 4, 16);
		try (TestEngine engine = new TestEngine(Transport.best(), TestEngine.blocking(DispatchAllocationTests::answer),
				(config) -> config.eventLoops(1).worker(workers))
			.start(); RawClient client = engine.connect()) {
			byte[] response = new byte[length(client)];
			OutputStream out = client.socket().getOutputStream();
			InputStream in = client.in();
			long least = Long.MAX_VALUE;
			for (int i = 0; i < ROUNDS && (least > enough || enough == Long.MAX_VALUE); i++) {
				long before = allocated();
				for (int j = 0; j < REQUESTS; j++) {
					out.write(REQUEST);
					in.readNBytes(response, 0, response.length);
				}
				least = Math.min(least, (allocated() - before) / REQUESTS);
			}
			return least;
		}
	}

	private static void answer(Exchange exchange) {
		TestEngine.text(exchange, "hello");
	}

	private static int length(RawClient client) throws Exception {
		client.send(REQUEST);
		int length = 5;
		String line;
		do {
			line = client.line();
			length += line.length() + 2;
		}
		while (!line.isEmpty());
		client.in().skipNBytes(5);
		return length;
	}

	// What virtual threads allocate is counted where they are carried.
	private long allocated() {
		long allocated = 0;
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			if (thread.getName().startsWith("millrace-") || thread.getName().startsWith("ForkJoinPool-1-worker")) {
				allocated += this.threads.getThreadAllocatedBytes(thread.getId());
			}
		}
		return allocated;
	}

}
