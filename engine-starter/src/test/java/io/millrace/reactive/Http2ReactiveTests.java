package io.millrace.reactive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.millrace.core.EngineConfig;
import io.millrace.core.http2.Answer;
import io.millrace.core.http2.Frame;
import io.millrace.core.http2.FrameClient;
import io.millrace.core.http2.HeaderBlock;
import io.millrace.core.http2.Http2Options;
import io.netty.handler.codec.http2.Http2Error;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What reactive handlers see of HTTP/2, and clients of them.
 */
class Http2ReactiveTests {

	private static final Map<String, HttpHandler> HANDLERS = new ConcurrentHashMap<>();

	private static ReactiveServer server;

	private FrameClient client;

	@BeforeAll
	static void start() throws Exception {
		server = new ReactiveServer(Http2ReactiveTests::handle, EngineConfig.builder().http2(Http2Options.defaults()));
	}

	private static Mono<Void> handle(org.springframework.http.server.reactive.ServerHttpRequest request,
			ServerHttpResponse response) {
		return HANDLERS.get(request.getURI().getPath()).handle(request, response);
	}

	@AfterAll
	static void stop() {
		server.close();
		HANDLERS.clear();
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

	private static DataBuffer buffer(ServerHttpResponse response, String text) {
		return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private Answer get(String path, HttpHandler handler) throws Exception {
		HANDLERS.put(path, handler);
		return this.client.get(1, path);
	}

	private FrameClient post(String path, HttpHandler handler) throws Exception {
		HANDLERS.put(path, handler);
		return this.client.send(Frame.open(1, HeaderBlock.post(path)));
	}

	@Test
	void aRequestSaysWhatItIs() throws Exception {
		Answer answer = get("/request", (request, response) -> response.writeWith(Mono.just(buffer(response,
				request.getMethod() + " " + request.getURI() + " " + request.getHeaders().getFirst("Host")))));
		assertThat(answer.body()).isEqualTo("GET http://localhost/request localhost");
		assertThat(answer.reset()).isNull();
	}

	@Test
	void bodiesGoBothWaysAtTheSameTime() throws Exception {
		post("/echo", (request, response) -> response.writeAndFlushWith(request.getBody().map(Flux::just)));
		for (int i = 0; i < 20; i++) {
			String piece = "piece " + i + ";";
			int length = this.client.answer(1).length() + piece.length();
			this.client.send(Frame.data(1, 0, piece));
			assertThat(this.client.awaitBody(1, length).body()).endsWith(piece);
		}
		this.client.send(Frame.data(1, Frame.END_STREAM, ""));
		assertThat(this.client.awaitAnswer(1).isEnded()).isTrue();
	}

	@Test
	void aLargeBodyIsReadAsTheWindowAllows() throws Exception {
		byte[] body = new byte[5_000_000];
		post("/upload", (request, response) -> request.getBody().map((part) -> {
			int size = part.readableByteCount();
			DataBufferUtils.release(part);
			return size;
		}).reduce(0L, Long::sum).flatMap((size) -> response.writeWith(Mono.just(buffer(response, size + " bytes")))));
		assertThat(this.client.upload(1, body, true).awaitAnswer(1).body()).isEqualTo("5000000 bytes");
	}

	@Test
	void aLargeBodyIsMadeAsTheClientTakesIt() throws Exception {
		AtomicLong made = new AtomicLong();
		this.client.holdWindows();
		HANDLERS.put("/download", (request, response) -> response.writeWith(Flux.range(0, 5000).map((i) -> {
			made.incrementAndGet();
			return buffer(response, "x".repeat(1000));
		})));
		this.client.send(Frame.request(1, HeaderBlock.get("/download"))).awaitBody(1, 65535);
		this.client.assertAlive();
		assertThat(made.get()).isLessThan(1000);
		this.client.send(Frame.windowUpdate(0, 5_000_000), Frame.windowUpdate(1, 5_000_000));
		assertThat(this.client.awaitAnswer(1).length()).isEqualTo(5_000_000);
	}

	@Test
	void eventsAreSentAtOnce() throws Exception {
		CompletableFuture<Void> seen = new CompletableFuture<>();
		HANDLERS.put("/events", (request, response) -> {
			response.getHeaders().set("Content-Type", "text/event-stream");
			return response.writeAndFlushWith(
					Flux.concat(Mono.just("data: first\n\n"), Mono.fromFuture(seen).thenReturn("data: second\n\n"))
						.map((text) -> Mono.just(buffer(response, text))));
		});
		this.client.send(Frame.request(1, HeaderBlock.get("/events")));
		assertThat(this.client.awaitBody(1, 13).body()).isEqualTo("data: first\n\n");
		seen.complete(null);
		assertThat(this.client.awaitAnswer(1).body()).endsWith("data: second\n\n");
	}

	@Test
	void aResetCancelsTheResponse() throws Exception {
		CountDownLatch cancelled = new CountDownLatch(1);
		HANDLERS.put("/endless", (request,
				response) -> response.writeAndFlushWith(Flux.interval(Duration.ofMillis(5), Schedulers.parallel())
					.onBackpressureDrop()
					.doOnCancel(cancelled::countDown)
					.map((i) -> Mono.just(buffer(response, "tick ")))));
		this.client.send(Frame.request(1, HeaderBlock.get("/endless"))).awaitBody(1, 10);
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aResetCancelsAHandlerThatHasNotAnswered() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		HANDLERS.put("/never",
				(request, response) -> Mono.<Void>never()
					.doOnSubscribe((subscription) -> entered.countDown())
					.doOnCancel(cancelled::countDown));
		this.client.send(Frame.request(1, HeaderBlock.get("/never")));
		assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aResetEndsTheBody() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		CountDownLatch seen = new CountDownLatch(1);
		post("/read", (request, response) -> request.getBody().doOnNext((part) -> {
			DataBufferUtils.release(part);
			seen.countDown();
		}).doOnError((ex) -> told.countDown()).doOnCancel(told::countDown).then());
		this.client.send(Frame.data(1, 0, "half"));
		assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
		this.client.send(Frame.reset(1, Http2Error.CANCEL.code())).assertAlive();
		assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void manyRequestsAreUnderWayOnOneConnection() throws Exception {
		CompletableFuture<Void> all = new CompletableFuture<>();
		AtomicLong entered = new AtomicLong();
		HANDLERS.put("/many", (request, response) -> {
			if (entered.incrementAndGet() == 90) {
				all.complete(null);
			}
			return Mono.fromFuture(all)
				.then(Mono.defer(() -> response
					.writeWith(Mono.just(buffer(response, String.valueOf(request.getURI().getQuery()))))));
		});
		for (int i = 0; i < 90; i++) {
			this.client.send(Frame.request(1 + 2 * i, HeaderBlock.get("/many?" + i)));
		}
		for (int i = 0; i < 90; i++) {
			assertThat(this.client.awaitAnswer(1 + 2 * i).body()).isEqualTo(String.valueOf(i));
		}
	}

	@Test
	void aHandlerThatFailsLateResetsItsStream() throws Exception {
		HANDLERS.put("/fail",
				(request, response) -> response
					.writeAndFlushWith(Flux.concat(Mono.just(Mono.just(buffer(response, "half"))),
							Mono.error(new IllegalStateException("by the test")))));
		this.client.send(Frame.request(1, HeaderBlock.get("/fail")));
		Answer answer = this.client.awaitAnswer(1);
		assertThat(answer.isEnded()).isFalse();
		assertThat(answer.reset()).isEqualTo(Http2Error.INTERNAL_ERROR);
		this.client.assertAlive();
	}

}
