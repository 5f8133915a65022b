package io.millrace.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.millrace.core.EngineConfig;
import io.millrace.core.http2.Answer;
import io.millrace.core.http2.Frame;
import io.millrace.core.http2.FrameClient;
import io.millrace.core.http2.HeaderBlock;
import io.millrace.core.http2.Http2Options;
import io.netty.handler.codec.http2.Http2Error;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servlets see of HTTP/2, and clients of servlets.
 */
class Http2ServletTests {

	private static final byte[] LARGE = new byte[5_000_000];

	private static final Map<String, TestServer.Handler> SERVLETS = new java.util.concurrent.ConcurrentHashMap<>();

	private static TestServer server;

	private FrameClient client;

	@BeforeAll
	static void start() throws Exception {
		for (int i = 0; i < LARGE.length; i++) {
			LARGE[i] = (byte) ('a' + i % 26);
		}
		server = start("/");
	}

	private static TestServer start(String pattern) throws Exception {
		return TestServer.start(TestServer.options(), EngineConfig.builder().http2(Http2Options.defaults()),
				(application) -> TestServer.add(application, "servlet",
						(request, response) -> SERVLETS.get(request.getServletPath()).handle(request, response),
						pattern));
	}

	@AfterAll
	static void stop() {
		server.close();
		SERVLETS.clear();
	}

	@BeforeEach
	void connect() throws Exception {
		this.client = FrameClient.connect(server.port());
	}

	@AfterEach
	void nothingIsLeft() throws Exception {
		this.client.close();
		Awaitility.await().untilAsserted(() -> assertThat(server.engine().snapshot().requests().inFlight()).isZero());
	}

	private Answer get(String path, TestServer.Handler servlet) throws Exception {
		SERVLETS.put(path, servlet);
		return this.client.get(1, path);
	}

	private FrameClient post(String path, TestServer.Handler servlet) throws Exception {
		SERVLETS.put(path, servlet);
		return this.client.send(Frame.open(1, HeaderBlock.post(path)));
	}

	@Test
	void aRequestSaysWhatItIs() throws Exception {
		Answer answer = get("/request", (request, response) -> {
			response.setContentType("text/plain");
			response.getWriter()
				.print(String.join(" ", request.getProtocol(), request.getScheme(), request.getServerName(),
						request.getRequestURL(), request.getHeader("Host"), request.getMethod(),
						String.valueOf(request.getContentLength()), String.valueOf(request.isSecure()),
						String.valueOf(request.getInputStream().read())));
		});
		assertThat(answer.body())
			.isEqualTo("HTTP/2.0 http localhost http://localhost/request localhost GET -1 false -1");
		assertThat(answer.header("content-type")).startsWith("text/plain");
		assertThat(answer.header("date")).isNotNull();
		assertThat(answer.reset()).isNull();
	}

	@Test
	void namesOfFieldsAreSentInLowerCase() throws Exception {
		Answer answer = get("/fields", (request, response) -> {
			response.addHeader("X-Several", "One");
			response.addHeader("X-Several", "Two");
			response.setHeader("Connection", "close");
			response.getOutputStream().print("body");
		});
		assertThat(answer.head().names()).allMatch((name) -> name.toString().equals(name.toString().toLowerCase()));
		assertThat(answer.head().getAll("x-several")).hasToString("[One, Two]");
		assertThat(answer.header("connection")).isNull();
	}

	@Test
	void errorsAndRedirectsAreResponses() throws Exception {
		assertThat(get("/error", (request, response) -> response.sendError(404, "Nothing there")).status())
			.isEqualTo(404);
		SERVLETS.put("/redirect", (request, response) -> response.sendRedirect("/elsewhere"));
		Answer redirect = this.client.get(3, "/redirect");
		assertThat(redirect.status()).isEqualTo(302);
		assertThat(redirect.header("location")).endsWith("/elsewhere");
		SERVLETS.put("/throw", (request, response) -> response.sendError(500));
		assertThat(this.client.get(5, "/throw").status()).isEqualTo(500);
	}

	@Test
	void anEmptyResponseIsOneFrame() throws Exception {
		get("/empty", (request, response) -> response.setStatus(200));
		assertThat(this.client.seen().get(this.client.seen().size() - 1)).startsWith("HEADERS[stream 1, flags 5");
	}

	@Test
	void trailersGoBothWays() throws Exception {
		post("/trailers", (request, response) -> {
			response.setTrailerFields(() -> Map.of("X-Checksum", "42"));
			String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(request.isTrailerFieldsReady()).isTrue();
			response.getOutputStream().print(body + " " + request.getTrailerFields());
		});
		this.client.send(Frame.data(1, 0, "body"), Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM,
				HeaderBlock.empty().with("x-test", "ok").bytes()));
		Answer answer = this.client.awaitAnswer(1);
		assertThat(answer.body()).isEqualTo("body {x-test=ok}");
		assertThat(answer.trailer("x-checksum")).isEqualTo("42");
	}

	@Test
	void trailersThatAreKnownLateAreSent() throws Exception {
		Answer answer = get("/late", (request, response) -> {
			response.getOutputStream().print("body");
			Map<String, String> trailers = new java.util.LinkedHashMap<>();
			response.setTrailerFields(() -> trailers);
			response.flushBuffer();
			trailers.put("grpc-status", "0");
		});
		assertThat(answer.body()).isEqualTo("body");
		assertThat(answer.trailer("grpc-status")).isEqualTo("0");
	}

	@Test
	void aLargeBodyIsReadAsTheWindowAllows() throws Exception {
		post("/upload", (request, response) -> {
			byte[] body = request.getInputStream().readAllBytes();
			response.getOutputStream().print(String.valueOf(Arrays.equals(body, LARGE)));
		});
		assertThat(this.client.upload(1, LARGE, true).awaitAnswer(1).body()).isEqualTo("true");
	}

	@Test
	void aLargeBodyIsWrittenAsTheWindowAllows() throws Exception {
		Answer answer = get("/download", (request, response) -> response.getOutputStream().write(LARGE));
		assertThat(answer.bytes()).isEqualTo(LARGE);
	}

	@Test
	void whatIsFlushedIsSentAtOnce() throws Exception {
		CountDownLatch seen = new CountDownLatch(1);
		SERVLETS.put("/flush", (request, response) -> {
			response.setContentType("text/event-stream");
			response.getOutputStream().print("data: first\n\n");
			response.flushBuffer();
			await(seen);
			response.getOutputStream().print("data: second\n\n");
		});
		this.client.send(Frame.request(1, HeaderBlock.get("/flush")));
		assertThat(this.client.awaitBody(1, 13).body()).isEqualTo("data: first\n\n");
		assertThat(this.client.answer(1).header("content-length")).isNull();
		seen.countDown();
		assertThat(this.client.awaitAnswer(1).body()).endsWith("data: second\n\n");
	}

	@Test
	void listenersReadAndWriteAtTheSameTime() throws Exception {
		post("/echo", Http2ServletTests::echo);
		for (int i = 0; i < 20; i++) {
			String piece = "piece " + i + ";";
			int length = this.client.answer(1).length() + piece.length();
			this.client.send(Frame.data(1, 0, piece));
			assertThat(this.client.awaitBody(1, length).body()).endsWith(piece);
		}
		this.client.send(Frame.data(1, Frame.END_STREAM, ""));
		assertThat(this.client.awaitAnswer(1).isEnded()).isTrue();
		assertThat(this.client.answer(1).reset()).isNull();
	}

	@Test
	void listenersCarryAnyAmount() throws Exception {
		post("/echo", Http2ServletTests::echo);
		assertThat(this.client.upload(1, LARGE, true).awaitAnswer(1).bytes()).isEqualTo(LARGE);
	}

	private static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
		AsyncContext async = request.startAsync();
		async.setTimeout(0);
		ServletInputStream in = request.getInputStream();
		ServletOutputStream out = response.getOutputStream();
		NonBlockingTests.Listener listener = new NonBlockingTests.Listener() {

			private final byte[] piece = new byte[8192];

			private boolean unflushed;

			private void pump() throws IOException {
				while (out.isReady()) {
					if (this.unflushed) {
						this.unflushed = false;
						out.flush();
					}
					else if (in.isFinished() || !in.isReady()) {
						return;
					}
					else {
						int length = in.read(this.piece);
						if (length > 0) {
							out.write(this.piece, 0, length);
							this.unflushed = true;
						}
					}
				}
			}

			@Override
			public void onDataAvailable() throws IOException {
				pump();
			}

			@Override
			public void onWritePossible() throws IOException {
				pump();
			}

			@Override
			public void onAllDataRead() {
				async.complete();
			}

			@Override
			public void onError(Throwable ex) {
				async.complete();
			}

		};
		in.setReadListener(listener);
		out.setWriteListener(listener);
	}

	@Test
	void manyServletsRunForOneConnection() throws Exception {
		CountDownLatch all = new CountDownLatch(50);
		SERVLETS.put("/many", (request, response) -> {
			all.countDown();
			await(all);
			response.getOutputStream().print(request.getQueryString());
		});
		for (int i = 0; i < 50; i++) {
			this.client.send(Frame.request(1 + 2 * i, HeaderBlock.get("/many?" + i)));
		}
		for (int i = 0; i < 50; i++) {
			assertThat(this.client.awaitAnswer(1 + 2 * i).body()).isEqualTo(String.valueOf(i));
		}
	}

	@Test
	void whoReadsIsToldOfAReset() throws Exception {
		CompletableFuture<Exception> told = new CompletableFuture<>();
		CountDownLatch reading = new CountDownLatch(1);
		post("/read", (request, response) -> {
			reading.countDown();
			try {
				request.getInputStream().readAllBytes();
				told.complete(null);
			}
			catch (IOException ex) {
				told.complete(ex);
			}
		});
		this.client.send(Frame.data(1, 0, "half"));
		await(reading);
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
	}

	@Test
	void whoWritesIsToldOfAReset() throws Exception {
		CompletableFuture<Exception> told = new CompletableFuture<>();
		this.client.holdWindows();
		SERVLETS.put("/write", (request, response) -> {
			try {
				while (true) {
					response.getOutputStream().write(LARGE);
				}
			}
			catch (IOException ex) {
				told.complete(ex);
				throw ex;
			}
		});
		this.client.send(Frame.request(1, HeaderBlock.get("/write"))).awaitBody(1, 65535);
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
	}

	@Test
	void whoWaitsIsToldOfAReset() throws Exception {
		AsyncContextTests.Recorder recorder = new AsyncContextTests.Recorder();
		CountDownLatch started = new CountDownLatch(1);
		SERVLETS.put("/async", (request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(0);
			async.addListener(recorder);
			started.countDown();
		});
		this.client.send(Frame.request(1, HeaderBlock.get("/async")));
		await(started);
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		Awaitility.await()
			.untilAsserted(() -> assertThat(recorder.events).anyMatch((event) -> event.contains("error")));
	}

	@Test
	void aReadListenerIsToldOfAReset() throws Exception {
		CompletableFuture<Throwable> told = new CompletableFuture<>();
		CountDownLatch started = new CountDownLatch(1);
		post("/listener", (request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(0);
			ServletInputStream in = request.getInputStream();
			in.setReadListener(new NonBlockingTests.Listener() {

				@Override
				public void onDataAvailable() throws IOException {
					while (in.isReady()) {
						in.read();
					}
					started.countDown();
				}

				@Override
				public void onError(Throwable ex) {
					told.complete(ex);
					async.complete();
				}

			});
		});
		this.client.send(Frame.data(1, 0, "half"));
		await(started);
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
	}

	@Test
	void lessThanWasPromisedIsNoWholeResponse() throws Exception {
		Answer answer = get("/short", (request, response) -> {
			response.setContentLength(10);
			response.getOutputStream().print("short");
		});
		assertThat(answer.isEnded()).as("%s", answer).isFalse();
		assertThat(answer.reset()).isEqualTo(Http2Error.INTERNAL_ERROR);
	}

	@Test
	void whatIsUnderWayIsAnsweredWhileTheServerStops() throws Exception {
		List<String> entered = new CopyOnWriteArrayList<>();
		CountDownLatch open = new CountDownLatch(1);
		SERVLETS.put("/slow", (request, response) -> {
			entered.add(request.getQueryString());
			await(open);
			response.getOutputStream().print("answered");
		});
		SERVLETS.put("/body",
				(request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()));
		try (TestServer draining = start("/");
				FrameClient busy = FrameClient.connect(draining.port());
				FrameClient idle = FrameClient.connect(draining.port())) {
			busy.send(Frame.request(1, HeaderBlock.get("/slow?first")), Frame.open(3, HeaderBlock.post("/body")),
					Frame.data(3, 0, "before "));
			Awaitility.await().until(() -> entered.size() == 1);
			CompletableFuture<Void> drained = draining.engine().drain().toCompletableFuture();
			// RFC 9113 §6.8: first nothing is taken back, then the number is final.
			Frame warning = busy.awaitFrame(Frame.GOAWAY);
			assertThat(warning.error()).isEqualTo(Http2Error.NO_ERROR);
			assertThat(warning.lastStream()).isEqualTo(Integer.MAX_VALUE);
			busy.assertAlive();
			Frame last = busy.awaitFrame(Frame.GOAWAY);
			assertThat(last.error()).isEqualTo(Http2Error.NO_ERROR);
			assertThat(last.lastStream()).isEqualTo(3);
			assertThat(drained).isNotDone();
			busy.send(Frame.request(5, HeaderBlock.get("/slow?late")));
			busy.send(Frame.data(3, Frame.END_STREAM, "and after"));
			assertThat(busy.awaitAnswer(3).body()).isEqualTo("before and after");
			open.countDown();
			assertThat(busy.awaitAnswer(1).body()).isEqualTo("answered");
			busy.assertClosed();
			assertThat(entered).containsExactly("first");
			assertThat(idle.awaitFrame(Frame.GOAWAY).error()).isEqualTo(Http2Error.NO_ERROR);
			idle.assertClosed();
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
