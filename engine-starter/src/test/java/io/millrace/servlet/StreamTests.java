package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ExchangeInputStream} and {@link ExchangeOutputStream} over real
 * sockets.
 */
class StreamTests {

	private static final int LARGE = 20 * 1024 * 1024;

	@Test
	void aSlowReaderHoldsUpTheWriterAndGetsEverything() throws Exception {
		byte[] piece = new byte[100_000];
		Arrays.fill(piece, (byte) 'x');
		AtomicInteger written = new AtomicInteger();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentLength(LARGE);
			while (written.get() < LARGE) {
				int count = Math.min(piece.length, LARGE - written.get());
				response.getOutputStream().write(piece, 0, count);
				written.addAndGet(count);
			}
		}); RawClient client = server.client()) {
			client.get("/").receiveHead();
			org.awaitility.Awaitility.await().until(new Unchanged(written));
			assertThat(written.get()).isLessThan(LARGE);
			assertThat(client.in().readNBytes(LARGE)).hasSize(LARGE).containsOnly('x');
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsWaitForSlowClientsWithoutHoldingUpOthers() throws Exception {
		byte[] piece = new byte[100_000];
		try (TestServer server = TestServer.servingOnVirtualThreads((request, response) -> {
			if (request.getMethod().equals("POST")) {
				response.getOutputStream().print(request.getInputStream().readAllBytes().length);
				return;
			}
			for (int i = 0; i < 100; i++) {
				response.getOutputStream().write(piece);
			}
		})) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				RawClient slow = server.client();
				slow.send((i % 2 == 0) ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
						: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
				clients.add(slow);
			}
			// All carrier threads would be gone by now if one of these held on to its
			// own.
			assertThat(server.post("/", "text/plain", "hello").body()).isEqualTo("5");
			for (int i = 0; i < clients.size(); i++) {
				RawClient slow = clients.get(i);
				String body = (i % 2 == 0) ? slow.receive().body() : slow.send("cd").receive().body();
				assertThat(body.length()).isEqualTo((i % 2 == 0) ? 100 * piece.length : 1);
				slow.close();
			}
		}
	}

	@Test
	void aFlushRightBeforeTheEndDoesNotMakeTheResponseChunked() throws Exception {
		AtomicReference<TestServer> running = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			CountDownLatch busy = new CountDownLatch(1);
			running.get().engine().eventLoops().next().execute(() -> {
				try {
					busy.await(10, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
			response.getOutputStream().print("hello");
			response.flushBuffer();
			response.getOutputStream().close();
			busy.countDown();
		})) {
			running.set(server);
			assertThat(server.get("/").header("content-length")).isEqualTo("5");
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void aClientThatGoesAwayIsNotLogged(CapturedOutput output) throws Exception {
		CountDownLatch thrown = new CountDownLatch(3);
		Semaphore entered = new Semaphore(0);
		try (TestServer server = TestServer.serving((request, response) -> {
			entered.release();
			try {
				if (request.getMethod().equals("POST")) {
					request.getInputStream().readAllBytes();
				}
				while (true) {
					response.getOutputStream().write(new byte[64 * 1024]);
				}
			}
			catch (IOException ex) {
				thrown.countDown();
				throw new ServletException("wrapped", ex);
			}
		})) {
			for (int i = 0; i < 3; i++) {
				try (RawClient client = server.client()) {
					client.send(((i == 0) ? "POST" : "GET") + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
					assertThat(entered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
				}
			}
			assertThat(thrown.await(10, TimeUnit.SECONDS)).isTrue();
			org.awaitility.Awaitility.await().until(() -> server.engine().workers().busy() == 0);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
	}

	@Test
	void aListenerThatFailsIsToldAndTheRequestEnds() throws Exception {
		List<String> errors = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			request.startAsync();
			request.getInputStream().setReadListener(new ReadListener() {

				@Override
				public void onDataAvailable() throws IOException {
					throw new IOException("by the listener");
				}

				@Override
				public void onAllDataRead() {
					errors.add("all read");
				}

				@Override
				public void onError(Throwable ex) {
					errors.add(ex.getMessage());
				}

			});
		})) {
			assertThat(server.post("/", "text/plain", "hello").status()).isEqualTo(500);
			assertThat(errors).containsExactly("by the listener");
		}
	}

	@Test
	void aWriterWhoseClientHasGoneIsTold() throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			byte[] piece = new byte[64 * 1024];
			try {
				while (true) {
					response.getOutputStream().write(piece);
				}
			}
			catch (IOException ex) {
				thrown.complete(ex);
				throw ex;
			}
		})) {
			try (RawClient client = server.client()) {
				client.get("/").receiveHead();
			}
			assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientAbortException.class);
		}
	}

	@Test
	void aReaderWhoseClientHasGoneIsTold() throws Exception {
		CompletableFuture<Void> reading = new CompletableFuture<>();
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			try {
				reading.complete(null);
				request.getInputStream().readAllBytes();
			}
			catch (IOException ex) {
				thrown.complete(ex);
				throw ex;
			}
		})) {
			try (RawClient client = server.client()) {
				client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
				// Of a client that leaves before, no servlet hears.
				reading.get(10, TimeUnit.SECONDS);
			}
			assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientAbortException.class);
		}
	}

	@Test
	void aLargeUploadIsEchoedWhileItComes() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			InputStream in = request.getInputStream();
			in.transferTo(response.getOutputStream());
		}); RawClient client = server.client()) {
			byte[] body = new byte[LARGE];
			for (int i = 0; i < body.length; i++) {
				body[i] = (byte) ('a' + i % 26);
			}
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n");
			CompletableFuture<Void> sent = TestServer.elsewhere(() -> {
				try {
					client.send(body);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(client.receive().body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(body);
			sent.get(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void streamsThatAreUsedAfterTheEndTouchNothing() throws Exception {
		AtomicReference<ServletOutputStream> output = new AtomicReference<>();
		AtomicReference<ServletInputStream> input = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			if (request.getParameter("second") == null) {
				output.set(response.getOutputStream());
				input.set(request.getInputStream());
				response.getOutputStream().print("first");
			}
			else {
				output.get().print("intruder");
				output.get().flush();
				org.assertj.core.api.Assertions.assertThatIOException().isThrownBy(() -> input.get().read());
				response.getOutputStream().print("second");
			}
		}); RawClient client = server.client()) {
			assertThat(client.get("/").receive().body()).isEqualTo("first");
			assertThat(client.get("/?second=1").receive().body()).isEqualTo("second");
			assertThat(client.get("/").receive().body()).isEqualTo("first");
		}
	}

	@Test
	void aReadListenerIsCalledUntilAllIsRead() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThatIllegalStateException()
				.isThrownBy(() -> request.getInputStream().setReadListener(new Collector(null)));
			AsyncContext async = request.startAsync();
			request.getInputStream().setReadListener(new Collector(async));
		}); RawClient client = server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello");
			client.send(" world");
			assertThat(client.receive().body()).isEqualTo("hello world");
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
			assertThat(client.receive().body()).isEqualTo("ok");
			client.get("/");
			assertThat(client.receive().body()).isEmpty();
		}
	}

	@Test
	void aWriteListenerIsCalledAgainWhenTheClientTakesMore() throws Exception {
		AtomicInteger written = new AtomicInteger();
		AtomicInteger calls = new AtomicInteger();
		byte[] piece = new byte[50_000];
		Arrays.fill(piece, (byte) 'x');
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			response.setContentLength(LARGE);
			ServletOutputStream out = response.getOutputStream();
			out.setWriteListener(new WriteListener() {

				@Override
				public void onWritePossible() throws IOException {
					calls.incrementAndGet();
					while (out.isReady()) {
						if (written.get() == LARGE) {
							async.complete();
							return;
						}
						int count = Math.min(piece.length, LARGE - written.get());
						out.write(piece, 0, count);
						written.addAndGet(count);
					}
				}

				@Override
				public void onError(Throwable ex) {
					async.complete();
				}

			});
		}); RawClient client = server.client()) {
			client.get("/").receiveHead();
			org.awaitility.Awaitility.await().until(new Unchanged(written));
			assertThat(written.get()).isLessThan(LARGE);
			assertThat(client.in().readNBytes(LARGE)).hasSize(LARGE).containsOnly('x');
			assertThat(calls.get()).isGreaterThan(1);
			assertThat(client.get("/").receiveHead().status()).isEqualTo(200);
		}
	}

	private static final class Collector implements ReadListener {

		private final AsyncContext async;

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		Collector(AsyncContext async) {
			this.async = async;
		}

		@Override
		public void onDataAvailable() throws IOException {
			ServletInputStream in = this.async.getRequest().getInputStream();
			byte[] piece = new byte[3];
			while (in.isReady()) {
				int count = in.read(piece);
				if (count < 0) {
					return;
				}
				this.bytes.write(piece, 0, count);
			}
		}

		@Override
		public void onAllDataRead() throws IOException {
			this.async.getResponse().getOutputStream().write(this.bytes.toByteArray());
			this.async.complete();
		}

		@Override
		public void onError(Throwable ex) {
			this.async.complete();
		}

	}

	/** Whether a number is above zero and the same as when it was last looked at. */
	private static final class Unchanged implements java.util.concurrent.Callable<Boolean> {

		private final AtomicInteger number;

		private int last;

		Unchanged(AtomicInteger number) {
			this.number = number;
		}

		@Override
		public Boolean call() {
			int now = this.number.get();
			boolean same = now > 0 && now == this.last;
			this.last = now;
			return same;
		}

	}

}
