package io.millrace.servlet;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that can end an asynchronous round, fired at once from several threads and
 * in every order: a round ends once, whoever wins, and nothing is left behind.
 */
class AsyncRaceTests {

	private static final int REQUESTS = 3000;

	private static final int CLIENTS = 8;

	private final Map<String, AtomicInteger> completions = new ConcurrentHashMap<>();

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger destroyed = new AtomicInteger();

	private final ExecutorService racers = Executors.newFixedThreadPool(4);

	@Test
	void oneOfThemWinsAndTheRoundEndsOnce() throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "race", this::race, "/race");
			application.addListener(new jakarta.servlet.ServletRequestListener() {

				@Override
				public void requestDestroyed(jakarta.servlet.ServletRequestEvent event) {
					AsyncRaceTests.this.destroyed.incrementAndGet();
				}

			});
		})) {
			List<Future<?>> sent = java.util.stream.IntStream.range(0, CLIENTS)
				.<Future<?>>mapToObj((client) -> clients.submit(() -> send(server, client)))
				.toList();
			for (Future<?> each : sent) {
				each.get();
			}
			Awaitility.await()
				.until(() -> this.destroyed.get() == this.started.get() && server.engine().workers().busy() == 0);
			assertThat(this.completions).hasSize(this.started.get());
			assertThat(this.completions.values()).allMatch((count) -> count.get() == 1);
			assertThat(server.get("/race?id=last&what=complete").status()).isEqualTo(200);
		}
		finally {
			clients.shutdownNow();
			this.racers.shutdownNow();
		}
	}

	private Void send(TestServer server, int number) throws IOException {
		String[] all = { "complete", "dispatch", "other", "timeout", "error", "write" };
		for (int i = 0; i < REQUESTS / CLIENTS; i++) {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			String what = all[random.nextInt(all.length)] + "," + all[random.nextInt(all.length)] + ","
					+ ((i % 20 == 0) ? "throw" : all[random.nextInt(all.length)]);
			try (RawClient client = server.client()) {
				client.get("/race?id=" + number + "-" + i + "&what=" + what);
				if (random.nextInt(3) == 0) {
					client.socket().setSoLinger(true, 0);
				}
				else {
					int status = client.receiveHead().status();
					assertThat(status).isIn(200, 500);
				}
			}
		}
		return null;
	}

	private void race(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (request.getDispatcherType() == DispatcherType.ASYNC) {
			response.getOutputStream().print("dispatched");
			if (request.getParameter("other") != null) {
				// As any other failure, but not logged.
				throw new ClientAbortException(null);
			}
			return;
		}
		this.started.incrementAndGet();
		String what = request.getParameter("what");
		AtomicInteger completed = this.completions.computeIfAbsent(request.getParameter("id"),
				(id) -> new AtomicInteger());
		AsyncContext async = request.startAsync();
		async.setTimeout(what.contains("timeout") ? 1 : 5);
		async.addListener(new AsyncContextTests.Recorder() {

			@Override
			public void onComplete(AsyncEvent event) {
				completed.incrementAndGet();
			}

			@Override
			public void onTimeout(AsyncEvent event) {
				if (what.startsWith("dispatch")) {
					event.getAsyncContext().dispatch();
				}
			}

			@Override
			public void onError(AsyncEvent event) {
				if (what.startsWith("complete")) {
					event.getAsyncContext().complete();
				}
			}

		});
		for (String each : what.split(",")) {
			this.racers.execute(() -> fire(each, async));
		}
		if (what.endsWith("throw")) {
			throw new IllegalArgumentException("one of the racers");
		}
	}

	private static void fire(String what, AsyncContext async) {
		try {
			switch (what) {
				case "complete" -> async.complete();
				case "dispatch" -> async.dispatch();
				case "other" -> async.dispatch("/race?other=1");
				case "error" -> ((HttpServletResponse) async.getResponse()).sendError(500);
				case "write" -> async.getResponse().getOutputStream().setWriteListener(new NonBlockingTests.Listener());
				default -> {
					// The container's own.
				}
			}
		}
		catch (IllegalStateException | IOException ex) {
			// Somebody else was faster.
		}
	}

}
