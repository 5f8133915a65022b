package io.millrace.servlet;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What Servlet 6.1 §2.3.3.3 says of {@link AsyncContext}, sentence by sentence, over real
 * sockets.
 */
class AsyncContextTests {

	@Test
	void itIsInAsynchronousModeUntilTheDispatchReturns() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				assertThat(request.isAsyncStarted()).isFalse();
				assertThat(request.isAsyncSupported()).isTrue();
				assertThatIllegalStateException().isThrownBy(request::getAsyncContext);
				response.getWriter().print("|again");
				return;
			}
			assertThat(request.isAsyncStarted()).isFalse();
			assertThatIllegalStateException().isThrownBy(request::getAsyncContext);
			AsyncContext async = request.startAsync();
			assertThat(request.getAsyncContext()).isSameAs(async);
			assertThat(async.getTimeout()).isEqualTo(30_000);
			assertThatIllegalStateException().isThrownBy(request::startAsync);
			assertThatIllegalStateException().isThrownBy(() -> request.startAsync(request, response));
			response.getWriter().print("first");
			response.flushBuffer();
			async.dispatch();
			assertThat(request.isAsyncStarted()).isTrue();
			assertThat(request.getDispatcherType()).isEqualTo(DispatcherType.REQUEST);
			assertThatIllegalStateException().isThrownBy(async::dispatch);
			assertThatIllegalStateException().isThrownBy(() -> async.dispatch("/x"));
			assertThatIllegalStateException().isThrownBy(() -> async.dispatch(request.getServletContext(), "/x"));
			assertThatIllegalStateException().isThrownBy(async::complete);
			assertThatIllegalStateException().isThrownBy(async::getRequest);
			assertThatIllegalStateException().isThrownBy(async::getResponse);
			assertThatIllegalStateException().isThrownBy(request::startAsync);
			// The dispatch has not returned yet.
			async.setTimeout(1);
			async.addListener(new Recorder());
			response.getWriter().print("|then");
		})) {
			assertThat(server.get("/").body()).isEqualTo("first|then|again");
		}
	}

	@Test
	void fromAnotherThreadItLeavesTheModeAtOnce() throws Exception {
		CompletableFuture<Void> checked = new CompletableFuture<>();
		AtomicReference<AsyncContext> context = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			context.set(async);
			CountDownLatch returned = new CountDownLatch(1);
			TestServer.elsewhere(() -> {
				try {
					// Waits for the container's thread, which is this one's lock.
					assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
					Awaitility.await()
						.untilAsserted(() -> assertThatIllegalStateException().isThrownBy(() -> async.setTimeout(5)));
					assertThatIllegalStateException().isThrownBy(() -> async.addListener(new Recorder()));
					assertThatIllegalStateException().isThrownBy(request::startAsync);
					assertThat(request.isAsyncStarted()).isTrue();
					assertThat(async.getRequest()).isSameAs(request);
					assertThat(async.hasOriginalRequestAndResponse()).isTrue();
					async.getResponse().getWriter().print("done");
					async.complete();
					checked.complete(null);
				}
				catch (Throwable ex) {
					checked.completeExceptionally(ex);
					async.complete();
				}
			});
			returned.countDown();
		})) {
			assertThat(server.get("/").body()).isEqualTo("done");
			checked.get(10, TimeUnit.SECONDS);
			AsyncContext ended = context.get();
			Awaitility.await().untilAsserted(() -> assertThatIllegalStateException().isThrownBy(ended::getTimeout));
			assertThatIllegalStateException().isThrownBy(ended::getRequest);
			assertThatIllegalStateException().isThrownBy(ended::getResponse);
			assertThatIllegalStateException().isThrownBy(ended::complete);
			assertThatIllegalStateException().isThrownBy(ended::dispatch);
			assertThatIllegalStateException().isThrownBy(() -> ended.start(() -> {
			}));
			assertThatIllegalStateException().isThrownBy(() -> ended.setTimeout(1));
			assertThatIllegalStateException().isThrownBy(() -> ended.createListener(Recorder.class));
			assertThatIllegalStateException().isThrownBy(ended::hasOriginalRequestAndResponse);
		}
	}

	@Test
	void itCannotBeStartedInTheWrongPlace() throws Exception {
		AtomicReference<HttpServletRequest> late = new AtomicReference<>();
		try (TestServer server = TestServer.start((application) -> {
			ServletRegistration.Dynamic old = TestServer.add(application, "old", (request, response) -> {
				assertThat(request.isAsyncSupported()).isFalse();
				assertThatIllegalStateException().isThrownBy(request::startAsync);
				response.getWriter().print("old");
			}, "/old");
			old.setAsyncSupported(false);
			TestServer.add(application, "closed", (request, response) -> {
				response.getOutputStream().print("closed");
				response.getOutputStream().close();
				assertThatIllegalStateException().isThrownBy(request::startAsync);
			}, "/closed");
			TestServer.add(application, "late", (request, response) -> late.set(request), "/late");
			TestServer.add(application, "complete", (request, response) -> {
				AsyncContext async = request.startAsync();
				async.addListener(new Recorder() {

					@Override
					public void onComplete(AsyncEvent event) {
						assertThatIllegalStateException().isThrownBy(request::startAsync);
						assertThatIllegalStateException().isThrownBy(event.getAsyncContext()::getResponse);
						request.setAttribute("told", true);
					}

				});
				request.getServletContext().setAttribute("request", request);
				async.complete();
			}, "/complete");
			TestServer.add(application, "forward",
					(request, response) -> request.getRequestDispatcher("/old").forward(request, response), "/forward");
		})) {
			assertThat(server.get("/old").body()).isEqualTo("old");
			assertThat(server.get("/forward").body()).isEqualTo("old");
			assertThat(server.get("/closed").body()).isEqualTo("closed");
			server.get("/late");
			Awaitility.await()
				.untilAsserted(() -> assertThatIllegalStateException().isThrownBy(() -> late.get().startAsync()));
			server.get("/complete");
			HttpServletRequest request = (HttpServletRequest) server.application().getAttribute("request");
			Awaitility.await().until(() -> request.getAttribute("told") != null);
		}
	}

	@Test
	void dispatchGoesBackToWhereItCameFrom() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer
				.add(application, "a",
						(request, response) -> show(request, response, "a",
								() -> request.getRequestDispatcher("/b?name=forwarded").forward(request, response)),
						"/a");
			TestServer.add(application, "b",
					(request, response) -> show(request, response, "b", () -> start(request, response).dispatch()),
					"/b/*");
		})) {
			// Without arguments: to the URI that the container has dispatched to last.
			assertThat(server.get("/a?name=own&start=plain").body())
				.isEqualTo("a ASYNC /a name=own&start=plain own [own] from /a");
			// With the forwarded request: to where that is.
			assertThat(server.get("/a?name=own&start=same").body())
				.isEqualTo("b ASYNC /b name=forwarded forwarded [forwarded, own] from /a");
			// With a wrapper: to what that says.
			assertThat(server.get("/a?name=own&start=wrapped").body())
				.isEqualTo("b ASYNC /b/c name=own&start=wrapped own [own] from /a");
		}
	}

	@Test
	void aWrapperThatKnowsNothingOfHttpGoesBackToo() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			ServletRegistration.Dynamic registration = application.addServlet("plain", new GenericServlet() {

				@Override
				public void service(ServletRequest request, ServletResponse response) throws IOException {
					if (request.getDispatcherType() == DispatcherType.ASYNC) {
						assertThat(request).isInstanceOf(ServletRequestWrapper.class);
						assertThat(response).isInstanceOf(ServletResponseWrapper.class);
						response.getWriter().print("wrapped");
						return;
					}
					AsyncContext async = request.startAsync(new ServletRequestWrapper(request),
							new ServletResponseWrapper(response));
					assertThat(async.hasOriginalRequestAndResponse()).isFalse();
					async.dispatch();
				}

			});
			registration.setAsyncSupported(true);
			registration.addMapping("/");
		})) {
			assertThat(server.get("/").body()).isEqualTo("wrapped");
		}
	}

	@Test
	void eachDispatchHasItsOwnQueryAndTheAttributesStay() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "one", (request, response) -> request.startAsync().dispatch("/two?a=2"),
					"/one");
			TestServer.add(application, "two", (request, response) -> {
				assertThat(request.getParameterValues("a")).containsExactly("2", "1");
				request.startAsync().dispatch(request.getServletContext(), "/three/x?b=3");
			}, "/two");
			TestServer.add(application, "three", (request, response) -> {
				if (request.getAttribute("again") == null) {
					request.setAttribute("again", true);
					request.startAsync().dispatch();
					return;
				}
				assertThat(request.getParameterValues("a")).containsExactly("1");
				assertThat(request.getParameterValues("b")).containsExactly("3");
				response.getWriter()
					.print(request.getRequestURI() + request.getServletPath() + request.getPathInfo()
							+ request.getQueryString() + " " + request.getHttpServletMapping().getPattern() + " "
							+ request.getAttribute(AsyncContext.ASYNC_REQUEST_URI)
							+ request.getAttribute(AsyncContext.ASYNC_CONTEXT_PATH)
							+ request.getAttribute(AsyncContext.ASYNC_SERVLET_PATH)
							+ request.getAttribute(AsyncContext.ASYNC_PATH_INFO)
							+ request.getAttribute(AsyncContext.ASYNC_QUERY_STRING));
			}, "/three/*");
			TestServer.add(application, "bad", (request, response) -> {
				AsyncContext async = request.startAsync();
				assertThatIllegalArgumentException().isThrownBy(() -> async.dispatch("two"));
				assertThatIllegalArgumentException().isThrownBy(() -> async.dispatch((String) null));
				assertThatIllegalArgumentException().isThrownBy(() -> async.dispatch(null, "/two"));
				async.dispatch("/none");
			}, "/bad");
		})) {
			assertThat(server.get("/one?a=1").body()).isEqualTo("/three/x/three/xb=3 /three/* /one/onenulla=1");
			assertThat(server.get("/bad").status()).isEqualTo(404);
		}
	}

	@Test
	void anExceptionInAnAsynchronousDispatchIsToldAndAnswered() throws Exception {
		Recorder told = new Recorder();
		ServletOptions.Builder options = TestServer.options()
			.errorPages(List.of(new ErrorPage(null, IllegalArgumentException.class, "/error")));
		try (TestServer server = TestServer.start(options, (application) -> {
			TestServer.add(application, "servlet", (request, response) -> {
				if (request.getDispatcherType() == DispatcherType.ASYNC) {
					throw new IllegalArgumentException("dispatched");
				}
				AsyncContext async = request.startAsync();
				async.addListener(told, request, response);
				async.dispatch();
			}, "/");
			TestServer.add(application, "error",
					(request, response) -> response.getWriter()
						.print(request.getDispatcherType() + " "
								+ request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) + " "
								+ request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)),
					"/error");
		})) {
			RawClient.Response response = server.get("/");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("ERROR java.lang.IllegalArgumentException: dispatched 500");
			told.awaitEvents("error dispatched", "complete");
		}
	}

	@Test
	void aListenerMayAnswerForWhatWasThrown() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getAttribute("failed") != null) {
				response.getWriter().print("saved");
				return;
			}
			AsyncContext async = request.startAsync();
			async.addListener(new Recorder() {

				@Override
				public void onError(AsyncEvent event) {
					request.setAttribute("failed", event.getThrowable());
					event.getAsyncContext().dispatch();
				}

			});
			async.dispatch("/?again=1");
			throw new ServletException("after the dispatch was asked for");
		})) {
			assertThat(server.get("/").body()).isEqualTo("saved");
		}
	}

	@Test
	void aDispatchThatFailsAfterAnErrorIsToldAgain() throws Exception {
		Recorder told = new Recorder() {

			@Override
			public void onError(AsyncEvent event) {
				super.onError(event);
				if (this.events.size() == 1) {
					event.getAsyncContext().dispatch();
				}
			}

		};
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				AsyncContext async = request.startAsync();
				async.setTimeout(0);
				async.addListener(told);
			}
			throw new ServletException(request.getDispatcherType().name());
		})) {
			assertThat(server.get("/").status()).isEqualTo(500);
			told.awaitEvents("error REQUEST", "error ASYNC", "complete");
		}
	}

	@Test
	void listenersHearOfTheNextRoundAndThenOnlyIfTheyWant() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				AsyncContext async = request.startAsync();
				async.addListener(new Recorder(events, "once "));
				Recorder twice = async.createListener(Recorder.class);
				twice.events = events;
				twice.name = "twice ";
				twice.again = true;
				async.addListener(twice, null, null);
				async.addListener(new Recorder(events, "failing ") {

					@Override
					public void onStartAsync(AsyncEvent event) throws IOException {
						super.onStartAsync(event);
						throw new IOException("harms nobody");
					}

				});
				async.dispatch();
			}
			else {
				request.startAsync(request, response).complete();
			}
		})) {
			server.get("/");
			Awaitility.await()
				.untilAsserted(() -> assertThat(events).containsExactly("once start", "twice start", "failing start",
						"twice complete"));
		}
	}

	@Test
	void eventsHaveWhatTheListenerWasAddedWith() throws Exception {
		CompletableFuture<AsyncEvent> plain = new CompletableFuture<>();
		CompletableFuture<AsyncEvent> supplied = new CompletableFuture<>();
		AtomicReference<ServletRequest> wrapper = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			HttpServletRequestWrapper wrapped = new HttpServletRequestWrapper(request);
			wrapper.set(wrapped);
			AsyncContext async = request.startAsync(wrapped, new HttpServletResponseWrapper(response));
			assertThat(async.getRequest()).isSameAs(wrapped);
			assertThat(async.hasOriginalRequestAndResponse()).isFalse();
			async.addListener(completing(plain));
			async.addListener(completing(supplied), request, response);
			async.complete();
		})) {
			server.get("/");
			assertThat(plain.get(10, TimeUnit.SECONDS).getSuppliedRequest()).isSameAs(wrapper.get());
			assertThat(plain.get().getSuppliedResponse()).isInstanceOf(HttpServletResponseWrapper.class);
			assertThat(supplied.get(10, TimeUnit.SECONDS).getSuppliedRequest())
				.isInstanceOf(ExchangeServletRequest.class);
			assertThat(supplied.get().getThrowable()).isNull();
		}
	}

	@Test
	void aListenerThatCannotBeMadeIsAnError() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			assertThatExceptionOfType(ServletException.class).isThrownBy(() -> async.createListener(Broken.class));
			response.getWriter().print("refused");
			async.complete();
		})) {
			assertThat(server.get("/").body()).isEqualTo("refused");
		}
	}

	@Test
	void theResponseIsClosedBeforeListenersAreToldOfItsEnd() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		CompletableFuture<Void> told = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.addListener(new Recorder() {

				@Override
				public void onComplete(AsyncEvent event) throws IOException {
					await(received);
					event.getSuppliedResponse().getWriter().print("too late");
					told.complete(null);
				}

			});
			response.getWriter().print("in time");
			async.complete();
		})) {
			assertThat(server.get("/").body()).isEqualTo("in time");
			received.countDown();
			told.get(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void aClientThatLeftBetweenTwoRoundsIsToldToTheSecond() throws Exception {
		Recorder told = new Recorder();
		AtomicReference<RawClient> client = new AtomicReference<>();
		CountDownLatch entered = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(0);
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				entered.countDown();
				async.addListener(new Recorder() {

					@Override
					public void onError(AsyncEvent event) {
						event.getAsyncContext().dispatch();
					}

				});
			}
			else {
				async.addListener(told);
			}
		})) {
			client.set(server.client());
			client.get().get("/");
			await(entered);
			client.get().socket().setSoLinger(true, 0);
			client.get().close();
			told.awaitEvents("error The client has closed the connection", "complete");
		}
	}

	@Test
	void aNegativeTimeoutIsNoneAndAnErrorPageMayNotStartAgain() throws Exception {
		ServletOptions.Builder options = TestServer.options().errorPages(List.of(new ErrorPage(500, null, "/error")));
		try (TestServer server = TestServer.start(options, (application) -> {
			TestServer.add(application, "servlet", (request, response) -> {
				AsyncContext async = request.startAsync();
				async.setTimeout(-1);
				assertThat(async.getTimeout()).isEqualTo(-1);
				async.setTimeout(1);
			}, "/");
			TestServer.add(application, "error", (request, response) -> {
				assertThatIllegalStateException().isThrownBy(request::startAsync);
				response.getWriter().print("timed out");
			}, "/error");
		})) {
			assertThat(server.get("/").body()).isEqualTo("timed out");
		}
	}

	private static AsyncContext start(HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response) {
		return switch (request.getParameterValues("start")[0]) {
			case "plain" -> request.startAsync();
			case "same" -> request.startAsync(request, response);
			default -> request.startAsync(new HttpServletRequestWrapper(request) {

				@Override
				public String getRequestURI() {
					return "/b/c";
				}

				@Override
				public String getQueryString() {
					return "name=own&start=wrapped";
				}

			}, response);
		};
	}

	private static void show(HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response, String name,
			TestStep otherwise) throws IOException, ServletException {
		if (request.getDispatcherType() != DispatcherType.ASYNC) {
			otherwise.run();
			return;
		}
		ServletRequest own = request;
		while (own instanceof ServletRequestWrapper wrapper) {
			own = wrapper.getRequest();
		}
		HttpServletRequest base = (HttpServletRequest) own;
		response.getWriter()
			.print(name + " " + base.getDispatcherType() + " " + base.getRequestURI() + " " + base.getQueryString()
					+ " " + base.getParameter("name") + " " + List.of(base.getParameterValues("name")) + " from "
					+ base.getAttribute(AsyncContext.ASYNC_REQUEST_URI));
	}

	private static Recorder completing(CompletableFuture<AsyncEvent> event) {
		return new Recorder() {

			@Override
			public void onComplete(AsyncEvent told) {
				event.complete(told);
			}

		};
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface TestStep {

		void run() throws IOException, ServletException;

	}

	public static class Recorder implements AsyncListener {

		List<String> events = new CopyOnWriteArrayList<>();

		String name = "";

		boolean again;

		public Recorder() {
		}

		Recorder(List<String> events, String name) {
			this.events = events;
			this.name = name;
		}

		void awaitEvents(String... expected) {
			Awaitility.await().untilAsserted(() -> assertThat(this.events).containsExactly(expected));
		}

		@Override
		public void onComplete(AsyncEvent event) throws IOException {
			this.events.add(this.name + "complete");
		}

		@Override
		public void onTimeout(AsyncEvent event) throws IOException {
			this.events.add(this.name + "timeout");
		}

		@Override
		public void onError(AsyncEvent event) {
			this.events.add(this.name + "error " + event.getThrowable().getMessage());
		}

		@Override
		public void onStartAsync(AsyncEvent event) throws IOException {
			this.events.add(this.name + "start");
			if (this.again) {
				event.getAsyncContext().addListener(this);
			}
		}

	}

	public static final class Broken extends Recorder {

		public Broken() throws IOException {
			throw new IOException("cannot be made");
		}

	}

}
