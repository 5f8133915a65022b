package io.millrace.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of {@code HttpServletRequest.upgrade} over real sockets: {@link UpgradeCycle} and
 * its streams.
 */
class HttpUpgradeTests {

	private static final String REQUEST = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

	private static final List<String> events = new CopyOnWriteArrayList<>();

	private static final AtomicReference<WebConnection> connection = new AtomicReference<>();

	@BeforeEach
	void forget() {
		events.clear();
		connection.set(null);
	}

	@Test
	void theHandlerTakesOverWhenFiltersAndServletHaveReturned() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "up", (request, response) -> {
				response.setStatus(101);
				response.setHeader("Upgrade", "YES");
				response.setHeader("Connection", "Upgrade");
				request.upgrade(Echo.class).greeting = "hello\r\n";
				assertThat(response.getStatus()).isEqualTo(101);
				assertThat(response.isCommitted()).isFalse();
				response.getWriter().print("not sent");
				response.flushBuffer();
				events.add("serviced");
			}, "/up");
			TestServer.addFilter(application, "filter", (request, response, chain) -> {
				chain.doFilter(request, response);
				((HttpServletResponse) response).setHeader("X-After", "filtered");
				events.add("filtered");
			}, "/*");
		}); RawClient client = server.client()) {
			// With the request, before anybody has agreed.
			client.send(REQUEST + "early");
			Response head = client.receiveHead();
			assertThat(head.statusLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
			assertThat(head.headers()).containsEntry("upgrade", "YES")
				.containsEntry("connection", "upgrade")
				.containsEntry("x-after", "filtered")
				.doesNotContainKeys("content-length", "content-type", "transfer-encoding");
			assertThat(client.line()).isEqualTo("hello");
			assertThat(client.send(" late\r\n").line()).isEqualTo("early late");
			client.socket().shutdownOutput();
			assertThat(client.readAll()).isEqualTo("all read");
			awaitEvents("serviced", "filtered", "init", "destroy");
		}
	}

	@Test
	void aHandlerMayReadAndWriteAndWait() throws Exception {
		try (TestServer server = upgrading(BlockingEcho.class); RawClient client = server.client()) {
			assertThat(client.send(REQUEST).receiveHead().header("upgrade")).isEqualTo("echo");
			assertThat(client.send("one\r\n").line()).isEqualTo("one");
			assertThat(client.send("two\r\n").line()).isEqualTo("two");
			client.send("quit\r\n");
			assertThat(client.readAll()).isEqualTo("quit\r\n");
			awaitEvents("init", "closed", "destroy");
		}
	}

	@Test
	void muchIsEchoedToASlowReader() throws Exception {
		byte[] bytes = new byte[5_000_000];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		try (TestServer server = upgrading(NonBlockingEcho.class); RawClient client = server.client()) {
			assertThat(client.send(REQUEST).receiveHead().status()).isEqualTo(101);
			CompletableFuture<Void> sent = TestServer.elsewhere(() -> {
				try {
					OutputStream out = client.socket().getOutputStream();
					out.write(bytes);
					client.socket().shutdownOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(client.in().readAllBytes()).isEqualTo(bytes);
			sent.join();
			awaitEvents("init", "all read", "destroy");
		}
	}

	@Test
	void aClientThatIsGoneIsToldOnceAndTheHandlerDestroyed() throws Exception {
		try (TestServer server = upgrading(NonBlockingEcho.class); RawClient client = server.client()) {
			client.send(REQUEST).receiveHead();
			awaitEvents("init");
			client.socket().setSoLinger(true, 0);
			client.close();
			awaitEvents("init", "read error ClientAbortException", "write error ClientAbortException", "destroy");
		}
	}

	@Test
	void aServerThatStopsEndsItsConnections() throws Exception {
		TestServer server = upgrading(NonBlockingEcho.class);
		try (server; RawClient client = server.client()) {
			client.send(REQUEST).receiveHead();
			awaitEvents("init");
			server.engine().stop();
		}
		awaitEvents("init", "read error ClientAbortException", "write error ClientAbortException", "destroy");
	}

	@Test
	void aHandlerThatFailsLosesItsConnection() throws Exception {
		try (TestServer server = upgrading(Failing.class); RawClient client = server.client()) {
			assertThat(client.send(REQUEST).receiveHead().status()).isEqualTo(101);
			assertThatIOException().isThrownBy(() -> {
				if (client.in().read() < 0) {
					throw new IOException("closed");
				}
			});
			awaitEvents("init", "destroy");
		}
	}

	@Test
	void oneSideMayBeClosedBeforeTheOther() throws Exception {
		try (TestServer server = upgrading(Quiet.class); RawClient client = server.client()) {
			client.send(REQUEST).receiveHead();
			Awaitility.await().until(() -> connection.get() != null);
			ServletInputStream in = connection.get().getInputStream();
			ServletOutputStream out = connection.get().getOutputStream();
			out.print("bye\r\n");
			out.close();
			assertThatIOException().isThrownBy(() -> out.print("late"));
			assertThat(client.line()).isEqualTo("bye");
			client.send("still here");
			assertThat(new String(in.readNBytes(10), StandardCharsets.US_ASCII)).isEqualTo("still here");
			in.close();
			assertThat(client.readAll()).isEmpty();
			awaitEvents("init", "destroy");
			connection.get().close();
			assertThatIOException().isThrownBy(in::read);
		}
	}

	@Test
	void theRulesOfListenersHoldHereToo() throws Exception {
		try (TestServer server = upgrading(Quiet.class); RawClient client = server.client()) {
			client.send(REQUEST).receiveHead();
			Awaitility.await().until(() -> connection.get() != null);
			ServletInputStream in = connection.get().getInputStream();
			ServletOutputStream out = connection.get().getOutputStream();
			assertThat(in).isSameAs(connection.get().getInputStream());
			assertThat(in.isReady()).isTrue();
			assertThat(out.isReady()).isTrue();
			assertThatNullPointerException().isThrownBy(() -> in.setReadListener(null));
			assertThatNullPointerException().isThrownBy(() -> out.setWriteListener(null));
			ReadListener reader = new Silent();
			in.setReadListener(reader);
			assertThatIllegalStateException().isThrownBy(() -> in.setReadListener(reader));
			assertThat(in.isReady()).isFalse();
			assertThatIllegalStateException().isThrownBy(in::read);
			assertThatIllegalStateException().isThrownBy(() -> in.read(ByteBuffer.allocate(0)));
			assertThatNullPointerException().isThrownBy(() -> in.read((ByteBuffer) null));
			assertThatNullPointerException().isThrownBy(() -> out.write((ByteBuffer) null));
		}
	}

	@Test
	void upgradeIsRefusedWhereItMakesNoSense() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			switch (String.valueOf(request.getParameter("when"))) {
				case "committed" -> response.flushBuffer();
				case "async" -> request.startAsync().complete();
				case "twice" -> request.upgrade(Echo.class);
				default -> assertThatIOException().isThrownBy(() -> request.upgrade(Echo.class))
					.withMessageContaining("HTTP/1.0");
			}
			if (request.getParameter("when") != null) {
				assertThatIllegalStateException().isThrownBy(() -> request.upgrade(Echo.class));
			}
			if ("twice".equals(request.getParameter("when"))) {
				assertThatIllegalStateException().isThrownBy(request::startAsync);
			}
			events.add("refused");
		})) {
			for (String when : List.of("committed", "async", "twice")) {
				try (RawClient client = server.client()) {
					client.get("/?when=" + when).receiveHead();
				}
			}
			try (RawClient client = server.client()) {
				assertThat(client.send("GET / HTTP/1.0\r\n\r\n").receive().status()).isEqualTo(200);
			}
			Awaitility.await().until(() -> events.stream().filter("refused"::equals).count() == 4);
		}
	}

	@Test
	void aHandlerThatCannotBeMadeIsAnErrorOfTheServlet() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThatExceptionOfType(ServletException.class).isThrownBy(() -> request.upgrade(NoHandler.class));
			response.getWriter().print("stays");
		}); RawClient client = server.client()) {
			assertThat(client.send(REQUEST).receive().body()).isEqualTo("stays");
		}
	}

	@Test
	void anErrorInBetweenIsAnsweredAndNothingIsUpgraded() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			request.upgrade(Echo.class);
			if (request.getParameter("throw") != null) {
				throw new ServletException("after all");
			}
			response.sendError(403);
		}); RawClient client = server.client()) {
			assertThat(client.send(REQUEST).receive().status()).isEqualTo(403);
			assertThat(client.send(REQUEST.replace("/up", "/up?throw=1")).receive().status()).isEqualTo(500);
			assertThat(client.send(REQUEST).receive().status()).isEqualTo(403);
			assertThat(events).isEmpty();
		}
	}

	@Test
	void a101WithoutAnUpgradeIsNotSent() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setStatus(101);
			response.getWriter().print("http");
		}); RawClient client = server.client()) {
			Response response = client.send(REQUEST).receive();
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("http");
		}
	}

	private static TestServer upgrading(Class<? extends HttpUpgradeHandler> type) throws Exception {
		return TestServer.serving((request, response) -> request.upgrade(type));
	}

	private static void awaitEvents(String... expected) {
		Awaitility.await().untilAsserted(() -> assertThat(events).containsExactly(expected));
	}

	/** Waits on nothing: a listener for what comes, writes that fit. */
	public static class Echo implements HttpUpgradeHandler {

		String greeting = "";

		@Override
		public void init(WebConnection opened) {
			events.add("init");
			assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(TestServer.class.getClassLoader());
			try {
				ServletOutputStream out = opened.getOutputStream();
				out.print(this.greeting);
				ServletInputStream in = opened.getInputStream();
				in.setReadListener(new ReadListener() {

					@Override
					public void onDataAvailable() throws IOException {
						byte[] piece = new byte[4];
						int count;
						while (in.isReady() && (count = in.read(piece)) >= 0) {
							out.write(piece, 0, count);
						}
					}

					@Override
					public void onAllDataRead() throws IOException {
						assertThat(in.isFinished()).isTrue();
						assertThat(in.read()).isEqualTo(-1);
						out.print("all read");
						out.close();
					}

					@Override
					public void onError(Throwable ex) {
						events.add("error");
					}

				});
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void destroy() {
			events.add("destroy");
		}

	}

	public static class BlockingEcho implements HttpUpgradeHandler {

		@Override
		public void init(WebConnection opened) {
			events.add("init");
			try (opened) {
				ServletInputStream in = opened.getInputStream();
				byte[] line = new byte[100];
				int length;
				while ((length = in.readLine(line, 0, line.length)) > 0) {
					opened.getOutputStream().write(ByteBuffer.wrap(line, 0, length));
					if (new String(line, 0, length, StandardCharsets.US_ASCII).equals("quit\r\n")) {
						break;
					}
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			events.add("closed");
		}

		@Override
		public void destroy() {
			events.add("destroy");
		}

	}

	/** Reads only what can be written. */
	public static class NonBlockingEcho implements HttpUpgradeHandler {

		private ServletInputStream in;

		private ServletOutputStream out;

		@Override
		public void init(WebConnection opened) {
			try {
				this.in = opened.getInputStream();
				this.out = opened.getOutputStream();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			this.out.setWriteListener(writer());
			this.in.setReadListener(reader());
			events.add("init");
		}

		private void pump() throws IOException {
			ByteBuffer piece = ByteBuffer.allocate(10_000);
			while (this.out.isReady() && this.in.isReady()) {
				this.in.read(piece.clear());
				this.out.write(piece);
			}
		}

		WriteListener writer() {
			return new WriteListener() {

				@Override
				public void onWritePossible() throws IOException {
					pump();
				}

				@Override
				public void onError(Throwable ex) {
					events.add("write error " + ex.getClass().getSimpleName());
				}

			};
		}

		ReadListener reader() {
			return new ReadListener() {

				@Override
				public void onDataAvailable() throws IOException {
					pump();
				}

				@Override
				public void onAllDataRead() throws IOException {
					events.add("all read");
					NonBlockingEcho.this.out.close();
				}

				@Override
				public void onError(Throwable ex) {
					events.add("read error " + ex.getClass().getSimpleName());
				}

			};
		}

		@Override
		public void destroy() {
			events.add("destroy");
		}

	}

	public static class Quiet implements HttpUpgradeHandler {

		@Override
		public void init(WebConnection opened) {
			events.add("init");
			connection.set(opened);
		}

		@Override
		public void destroy() {
			events.add("destroy");
		}

	}

	private static final class Silent implements ReadListener {

		@Override
		public void onDataAvailable() {
		}

		@Override
		public void onAllDataRead() {
		}

		@Override
		public void onError(Throwable ex) {
		}

	}

	public static class Failing implements HttpUpgradeHandler {

		@Override
		public void init(WebConnection opened) {
			events.add("init");
			throw new IllegalStateException("failed on purpose");
		}

		@Override
		public void destroy() {
			events.add("destroy");
		}

	}

	public abstract static class NoHandler implements HttpUpgradeHandler {

	}

}
