package io.millrace.servlet;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link AsyncCycle} over real sockets.
 */
class AsyncCycleTests {

	@Test
	void anotherThreadWritesAndCompletes() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			TestServer.elsewhere(() -> {
				write(async, "from elsewhere");
				async.complete();
			});
		})) {
			assertThat(server.get("/").body()).isEqualTo("from elsewhere");
		}
	}

	@Test
	void completeWithinTheDispatchTakesEffectAfterIt() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.complete();
			assertThat(request.isAsyncStarted()).isTrue();
			response.getWriter().print("after");
			assertThatIllegalStateException().isThrownBy(async::complete);
			assertThatIllegalStateException().isThrownBy(async::dispatch);
		})) {
			assertThat(server.get("/").body()).isEqualTo("after");
		}
	}

	@Test
	void dispatchReturnsToTheSamePath() throws Exception {
		List<DispatcherType> types = new CopyOnWriteArrayList<>();
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			types.add(request.getDispatcherType());
			if (request.getAttribute("result") == null) {
				AsyncContext async = request.startAsync(request, response);
				async.addListener(new Recorder(events));
				TestServer.elsewhere(() -> {
					request.setAttribute("result", "done");
					async.dispatch();
				});
				return;
			}
			response.getWriter()
				.print(request.getAttribute("result") + " " + request.getRequestURI() + " " + request.getParameter("a")
						+ " " + request.getAttribute(AsyncContext.ASYNC_REQUEST_URI));
		})) {
			assertThat(server.get("/x?a=1").body()).isEqualTo("done /x 1 /x");
			assertThat(types).containsExactly(DispatcherType.REQUEST, DispatcherType.ASYNC);
			Awaitility.await().untilAsserted(() -> assertThat(events).containsExactly("complete"));
		}
	}

	@Test
	void dispatchGoesToAnotherPathWithItsParameters() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "one", (request, response) -> request.startAsync().dispatch("/two/x?a=2"),
					"/one");
			TestServer.add(application, "two",
					(request, response) -> response.getWriter()
						.print(request.getPathInfo() + String.join(",", request.getParameterValues("a"))
								+ request.getQueryString() + request.getAttribute(AsyncContext.ASYNC_SERVLET_PATH)),
					"/two/*");
		})) {
			assertThat(server.get("/one?a=1").body()).isEqualTo("/x2,1a=2/one");
		}
	}

	@Test
	void aTimeoutThatNobodyHandlesIsA500() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(10);
			async.addListener(new Recorder(events));
		})) {
			assertThat(server.get("/").status()).isEqualTo(500);
			Awaitility.await().until(() -> events.size() == 2);
			assertThat(events).containsExactly("timeout", "complete");
		}
	}

	@Test
	void aTimeoutListenerMayDispatchOrComplete() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				response.getWriter().print("dispatched");
				return;
			}
			AsyncContext async = request.startAsync();
			async.setTimeout(10);
			async.addListener(new Recorder(new CopyOnWriteArrayList<>()) {

				@Override
				public void onTimeout(AsyncEvent event) {
					if (request.getParameter("complete") != null) {
						write(event.getAsyncContext(), "completed");
						event.getAsyncContext().complete();
					}
					else {
						event.getAsyncContext().dispatch();
					}
				}

			});
		})) {
			assertThat(server.get("/").body()).isEqualTo("dispatched");
			assertThat(server.get("/?complete=1").body()).isEqualTo("completed");
		}
	}

	@Test
	void aClientThatGoesAwayIsToldToTheListenersOnce() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		AtomicReference<AsyncContext> context = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(0);
			async.addListener(new Recorder(events));
			response.flushBuffer();
			context.set(async);
		})) {
			try (RawClient client = server.client()) {
				assertThat(client.get("/").receiveHead().status()).isEqualTo(200);
			}
			Awaitility.await().until(() -> events.size() == 2);
			assertThat(events).containsExactly("error ClientAbortException", "complete");
			assertThatIllegalStateException().isThrownBy(context.get()::complete);
		}
	}

	@Test
	void anExceptionAfterTheStartIsToldToTheListenersAndAnswered() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			request.startAsync().addListener(new Recorder(events));
			throw new IllegalArgumentException("broken");
		})) {
			assertThat(server.get("/").status()).isEqualTo(500);
			Awaitility.await().until(() -> events.size() == 2);
			assertThat(events).containsExactly("error IllegalArgumentException", "complete");
		}
	}

	@Test
	void aFilterWithoutSupportForbidsIt() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "a", (request, response) -> {
				assertThat(request.isAsyncSupported()).isFalse();
				assertThatIllegalStateException().isThrownBy(request::startAsync);
				response.getWriter().print("refused");
			}, "/");
			application.addFilter("old", (request, response, chain) -> chain.doFilter(request, response))
				.addMappingForUrlPatterns(null, true, "/*");
		})) {
			assertThat(server.get("/").body()).isEqualTo("refused");
		}
	}

	@Test
	void aResponseIsStreamedPartByPart() throws Exception {
		CountDownLatch first = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.start(() -> {
				write(async, "one");
				flush(async);
				await(first);
				write(async, "two");
				async.complete();
			});
		}); RawClient client = server.client()) {
			client.get("/").receiveHead();
			assertThat(client.line()).isEqualTo("3");
			assertThat(client.line()).isEqualTo("one");
			first.countDown();
			assertThat(client.line()).isEqualTo("3");
			assertThat(client.line()).isEqualTo("two");
			assertThat(client.line()).isEqualTo("0");
		}
	}

	@Test
	void completeTimeoutAndDisconnectRaceToExactlyOneEnd() throws Exception {
		AtomicInteger completions = new AtomicInteger();
		AtomicInteger requests = new AtomicInteger();
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				response.getWriter().print("dispatched");
				return;
			}
			requests.incrementAndGet();
			AsyncContext async = request.startAsync();
			async.setTimeout(1);
			async.addListener(new Recorder(new CopyOnWriteArrayList<>()) {

				@Override
				public void onComplete(AsyncEvent event) {
					completions.incrementAndGet();
				}

			});
			CyclicBarrier together = new CyclicBarrier(2);
			for (int i = 0; i < 2; i++) {
				boolean dispatch = ThreadLocalRandom.current().nextBoolean();
				TestServer.elsewhere(() -> {
					await(together);
					try {
						if (dispatch) {
							async.dispatch();
						}
						else {
							async.complete();
						}
					}
					catch (IllegalStateException ex) {
						// Somebody else was faster.
					}
				});
			}
		})) {
			for (int i = 0; i < 500; i++) {
				try (RawClient client = server.client()) {
					client.get("/");
					if (i % 3 == 0) {
						int before = i;
						// A client that leaves before its request is handled is nobody's.
						Awaitility.await()
							.pollDelay(Duration.ZERO)
							.pollInterval(Duration.ofMillis(1))
							.until(() -> requests.get() > before);
					}
					else {
						assertThat(client.receive().status()).isIn(200, 500);
					}
				}
			}
			Awaitility.await()
				.until(() -> completions.get() == requests.get() && server.engine().workers().busy() == 0);
			assertThat(requests.get()).isEqualTo(500);
			Response last = server.get("/");
			assertThat(last.status()).isIn(200, 500);
		}
	}

	static void write(AsyncContext async, String text) {
		try {
			async.getResponse().getOutputStream().print(text);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void flush(AsyncContext async) {
		try {
			async.getResponse().flushBuffer();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static class Recorder implements AsyncListener {

		private final List<String> events;

		Recorder(List<String> events) {
			this.events = events;
		}

		@Override
		public void onComplete(AsyncEvent event) {
			this.events.add("complete");
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			this.events.add("timeout");
		}

		@Override
		public void onError(AsyncEvent event) {
			this.events.add("error " + event.getThrowable().getClass().getSimpleName());
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			this.events.add("start");
		}

	}

}
