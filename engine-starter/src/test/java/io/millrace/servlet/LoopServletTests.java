package io.millrace.servlet;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servlets on virtual threads that the one event loop of the server carries: whoever
 * waits there for its client must not keep the loop from reading and writing.
 */
@Timeout(120)
@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
class LoopServletTests {

	private static final int SLOW = 50;

	static Stream<Transport> available() {
		return Stream.of(Transport.values()).filter(Transport::isAvailable);
	}

	private static TestServer serving(Transport transport, TestServer.Handler handler) throws Exception {
		WorkerOptions workers = new WorkerOptions(WorkerMode.LOOP, 1, 0, Duration.ofSeconds(60), 1000, 1000);
		return TestServer.start(TestServer.options(), EngineConfig.builder().transport(transport).worker(workers),
				(application) -> TestServer.add(application, "servlet", handler, "/"));
	}

	@ParameterizedTest
	@MethodSource("available")
	void slowClientsHoldUpNobody(Transport transport) throws Exception {
		byte[] piece = new byte[100_000];
		Arrays.fill(piece, (byte) 'x');
		try (TestServer server = serving(transport, (request, response) -> {
			if (request.getMethod().equals("POST")) {
				response.getOutputStream().print(request.getInputStream().readAllBytes().length);
				return;
			}
			for (int i = 0; i < 100; i++) {
				response.getOutputStream().write(piece);
			}
		})) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < SLOW; i++) {
				RawClient slow = server.client();
				slow.send((i % 2 == 0) ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
						: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
				clients.add(slow);
			}
			assertThat(server.post("/", "text/plain", "hello").body()).isEqualTo("5");
			for (int i = 0; i < SLOW; i++) {
				RawClient slow = clients.get(i);
				String body = (i % 2 == 0) ? slow.receive().body() : slow.send("cd").receive().body();
				assertThat(body.length()).isEqualTo((i % 2 == 0) ? 100 * piece.length : 1);
				slow.close();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void listenersAreToldOnTheLoop(Transport transport) throws Exception {
		try (TestServer server = serving(transport, (request, response) -> {
			AsyncContext async = request.startAsync();
			Echo echo = new Echo(async, request.getInputStream(), response.getOutputStream());
			request.getInputStream().setReadListener(echo);
		}); RawClient client = server.client()) {
			for (int round = 0; round < 20; round++) {
				client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello");
				client.send(" world");
				assertThat(client.receive().body()).isEqualTo("hello world");
			}
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void anAsynchronousDispatchComesBackToTheLoop(Transport transport) throws Exception {
		try (TestServer server = serving(transport, (request, response) -> {
			Object result = request.getAttribute("result");
			if (result != null) {
				response.getOutputStream().print(result + " " + Thread.currentThread().getName());
				return;
			}
			AsyncContext async = request.startAsync();
			TestServer.elsewhere(() -> {
				request.setAttribute("result", "done");
				async.dispatch();
			});
		}); RawClient client = server.client()) {
			for (int round = 0; round < 50; round++) {
				assertThat(client.get("/").receive().body()).matches("done millrace-loop-1-\\d+");
			}
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void eventsAreSentWhileTheHandlerWaits(Transport transport) throws Exception {
		List<CompletableFuture<String>> events = List.of(new CompletableFuture<>(), new CompletableFuture<>(),
				new CompletableFuture<>());
		try (TestServer server = serving(transport, (request, response) -> {
			response.setContentType("text/event-stream");
			for (CompletableFuture<String> event : events) {
				response.getOutputStream().print("data:" + get(event) + "\n\n");
				response.flushBuffer();
			}
		}); RawClient client = server.client()) {
			client.get("/");
			events.get(0).complete("0");
			assertThat(client.receiveHead().header("Transfer-Encoding")).isEqualTo("chunked");
			for (int i = 0; i < events.size(); i++) {
				events.get(i).complete("" + i);
				assertThat(client.line()).isEqualTo("8");
				assertThat(new String(client.in().readNBytes(10))).startsWith("data:" + i);
			}
			assertThat(client.line()).isEqualTo("0");
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void aClientThatGoesWakesTheHandlerThatWaitsForIt(Transport transport) throws Exception {
		CountDownLatch reading = new CountDownLatch(1);
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		try (TestServer server = serving(transport, (request, response) -> {
			reading.countDown();
			try {
				request.getInputStream().readAllBytes();
			}
			catch (IOException ex) {
				thrown.complete(ex);
			}
		})) {
			RawClient client = server.client();
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
			assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
			client.close();
			assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(ClientAbortException.class);
		}
	}

	private static String get(CompletableFuture<String> event) throws IOException {
		try {
			return event.get(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

	/** Sends back what it reads, without ever waiting. */
	private static final class Echo implements ReadListener, WriteListener {

		private final AsyncContext async;

		private final ServletInputStream in;

		private final ServletOutputStream out;

		private final StringBuilder text = new StringBuilder();

		Echo(AsyncContext async, ServletInputStream in, ServletOutputStream out) {
			this.async = async;
			this.in = in;
			this.out = out;
		}

		@Override
		public void onDataAvailable() throws IOException {
			byte[] buffer = new byte[4];
			while (this.in.isReady() && !this.in.isFinished()) {
				int count = this.in.read(buffer);
				this.text.append(new String(buffer, 0, Math.max(count, 0)));
			}
		}

		@Override
		public void onAllDataRead() {
			this.out.setWriteListener(this);
		}

		@Override
		public void onWritePossible() throws IOException {
			if (this.out.isReady()) {
				this.out.print(this.text.toString());
				this.async.complete();
			}
		}

		@Override
		public void onError(Throwable ex) {
			this.async.complete();
		}

	}

}
