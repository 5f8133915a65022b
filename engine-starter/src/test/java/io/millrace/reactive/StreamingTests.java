package io.millrace.reactive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http1.Http1Options;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ContextPathCompositeHandler;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large and endless bodies, and clients that go away, over real sockets.
 */
class StreamingTests {

	private static final int MEGABYTE = 1024 * 1024;

	private static final int BUFFER = 16 * 1024;

	private static final long SIZE = Long.getLong("millrace.test.stream-megabytes", 64) * MEGABYTE;

	// What the engine, two socket buffers and a request of a few buffers may hold.
	private static final long IN_FLIGHT = 16 * MEGABYTE;

	private final AtomicInteger cancellations = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aDownloadIsMadeAsTheClientTakesIt(boolean elsewhere) throws Exception {
		AtomicLong made = new AtomicLong();
		HttpHandler handler = (request, response) -> {
			Flux<DataBuffer> body = Flux.range(0, (int) (SIZE / BUFFER)).map((i) -> {
				made.addAndGet(BUFFER);
				return zeros(response);
			});
			return response.writeWith(elsewhere ? body.subscribeOn(Schedulers.parallel()) : body);
		};
		try (ReactiveServer server = new ReactiveServer(handler)) {
			HttpResponse<InputStream> response = server.client()
				.send(server.request("/").build(), HttpResponse.BodyHandlers.ofInputStream());
			byte[] bytes = new byte[MEGABYTE];
			long received = 0;
			long ahead = 0;
			try (InputStream in = response.body()) {
				int read;
				while ((read = in.read(bytes)) >= 0) {
					received += read;
					ahead = Math.max(ahead, made.get() - received);
				}
			}
			assertThat(received).isEqualTo(SIZE);
			assertThat(ahead).isLessThan(IN_FLIGHT);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anUploadIsReadAsTheApplicationTakesIt(boolean elsewhere) throws Exception {
		AtomicLong taken = new AtomicLong();
		CountDownLatch start = new CountDownLatch(1);
		AtomicReference<Exchange> exchange = new AtomicReference<>();
		HttpHandler handler = (request, response) -> {
			exchange.set(((AbstractServerHttpRequest) request).getNativeRequest());
			Flux<DataBuffer> body = request.getBody();
			return Mono.fromRunnable(() -> await(start))
				.subscribeOn(Schedulers.boundedElastic())
				.thenMany(elsewhere ? body.publishOn(Schedulers.parallel(), 2) : body.limitRate(1))
				.doOnNext((buffer) -> taken.addAndGet(buffer.readableByteCount()))
				.doOnNext(DataBufferUtils::release)
				.count()
				.flatMap((count) -> response.setComplete());
		};
		try (ReactiveServer server = new ReactiveServer(handler); RawClient client = server.raw()) {
			AtomicLong sent = new AtomicLong();
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + SIZE + "\r\n\r\n");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(client.socket(), sent));
			// More than the engine keeps is on its way, and stays with the sockets.
			Awaitility.await().until(() -> exchange.get() != null && sent.get() > 512 * 1024);
			assertThat(exchange.get().requestBody().received()).isLessThan(256 * 1024);
			start.countDown();
			assertThat(client.receive().status()).isEqualTo(200);
			sending.get(20, TimeUnit.SECONDS);
			assertThat(taken).hasValue(SIZE);
		}
	}

	@Test
	void aLargeBodyIsEchoedWhileItComes() throws Exception {
		HttpHandler handler = (request, response) -> response.writeWith(request.getBody());
		byte[] bytes = new byte[8 * MEGABYTE];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) ('a' + (i + (i >> 8)) % 26);
		}
		try (ReactiveServer server = new ReactiveServer(handler); RawClient client = server.raw()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes.length + "\r\n\r\n");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(client, bytes));
			assertThat(client.receive().body().equals(new String(bytes, StandardCharsets.US_ASCII))).isTrue();
			sending.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void aClientThatGoesAwayCancelsAnEndlessResponse() throws Exception {
		HttpHandler handler = counting((request, response) -> response
			.writeAndFlushWith(Flux.interval(Duration.ofMillis(20)).map((n) -> Mono.just(text(response, "tick")))));
		try (ReactiveServer server = new ReactiveServer(handler)) {
			RawClient client = server.raw();
			assertThat(client.get("/").line()).isEqualTo("HTTP/1.1 200 OK");
			client.close();
			Awaitility.await().untilAsserted(() -> assertThat(this.cancellations).hasValue(1));
		}
	}

	@Test
	void aClientThatGoesAwayCancelsAnApplicationThatHasNotAnswered() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		HttpHandler handler = counting((request, response) -> {
			called.countDown();
			return Mono.never();
		});
		try (ReactiveServer server = new ReactiveServer(handler)) {
			RawClient client = server.raw();
			client.get("/");
			await(called);
			client.socket().setSoLinger(true, 0);
			client.close();
			Awaitility.await().untilAsserted(() -> assertThat(this.cancellations).hasValue(1));
		}
	}

	@Test
	void aClientThatGoesAwayWithinItsUploadCancelsTheApplication() throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		CountDownLatch called = new CountDownLatch(1);
		HttpHandler handler = counting((request, response) -> request.getBody()
			.doOnNext(DataBufferUtils::release)
			.doOnNext((buffer) -> called.countDown())
			.doOnError(failure::set)
			.count()
			.then(response.setComplete()));
		try (ReactiveServer server = new ReactiveServer(handler)) {
			RawClient client = server.raw();
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart");
			await(called);
			client.close();
			Awaitility.await().untilAsserted(() -> assertThat(this.cancellations).hasValue(1));
			assertThat(failure).hasValue(null);
		}
	}

	@Test
	void aClientThatStopsReadingAndGoesAwayLeavesNothing() throws Exception {
		HttpHandler handler = counting((request, response) -> response.writeWith(
				Flux.<DataBuffer>generate((sink) -> sink.next(zeros(response))).subscribeOn(Schedulers.parallel())));
		try (ReactiveServer server = new ReactiveServer(handler)) {
			RawClient client = server.raw();
			assertThat(client.get("/").line()).isEqualTo("HTTP/1.1 200 OK");
			client.socket().setSoLinger(true, 0);
			client.close();
			Awaitility.await().untilAsserted(() -> assertThat(this.cancellations).hasValue(1));
		}
	}

	@Test
	void aBodyThatIsTooLargeIsRefusedAndTheApplicationToldOrCancelled() throws Exception {
		Sinks.One<String> end = Sinks.one();
		CountDownLatch called = new CountDownLatch(1);
		HttpHandler handler = (request, response) -> request.getBody()
			.doOnNext(DataBufferUtils::release)
			.doOnNext((buffer) -> called.countDown())
			.doOnError((ex) -> end.tryEmitValue("failed"))
			.doOnCancel(() -> end.tryEmitValue("cancelled"))
			.count()
			.then(response.setComplete());
		Http1Options options = new Http1Options(8192, 8192, 100, 1000, 8192, 0, null);
		try (ReactiveServer server = new ReactiveServer(handler, options); RawClient client = server.raw()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "3e8\r\n"
					+ "x".repeat(1000) + "\r\n");
			await(called);
			client.send("1\r\nx\r\n");
			assertThat(client.receive().status()).isEqualTo(413);
			assertThat(end.asMono().block(Duration.ofSeconds(10))).isIn("failed", "cancelled");
		}
	}

	@Test
	void aBodyThatNobodyReadsDoesNotStandInTheWay() throws Exception {
		HttpHandler handler = (request, response) -> response.writeWith(Mono.just(text(response, "no, thank you")));
		try (ReactiveServer server = new ReactiveServer(handler); RawClient client = server.raw()) {
			for (int i = 0; i < 3; i++) {
				client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
				assertThat(client.receive().body()).isEqualTo("no, thank you");
			}
		}
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrder() throws Exception {
		HttpHandler handler = (request, response) -> {
			String path = request.getPath().value();
			Mono<DataBuffer> body = Mono.fromCallable(() -> text(response, path));
			return response.writeWith(path.equals("/2") ? body.delaySubscription(Duration.ofMillis(20)) : body);
		};
		try (ReactiveServer server = new ReactiveServer(handler); RawClient client = server.raw()) {
			client.get("/1").get("/2").get("/3");
			assertThat(client.receive().body()).isEqualTo("/1");
			assertThat(client.receive().body()).isEqualTo("/2");
			assertThat(client.receive().body()).isEqualTo("/3");
		}
	}

	@Test
	void anApplicationUnderAContextPathSeesIt() throws Exception {
		HttpHandler application = WebHttpHandlerBuilder.webHandler((exchange) -> {
			ServerHttpRequest request = exchange.getRequest();
			String text = request.getPath().contextPath().value() + " "
					+ request.getPath().pathWithinApplication().value() + " " + request.getURI().getRawPath();
			return exchange.getResponse().writeWith(Mono.just(text(exchange.getResponse(), text)));
		}).build();
		HttpHandler handler = new ContextPathCompositeHandler(Map.of("/app", application));
		try (ReactiveServer server = new ReactiveServer(handler)) {
			assertThat(server.get("/app/x/y").body()).isEqualTo("/app /x/y /app/x/y");
			assertThat(server.get("/other").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void aClientOfTheOldVersionIsServed() throws Exception {
		HttpHandler handler = (request, response) -> response
			.writeWith(Flux.just("a", "b").map((text) -> text(response, text)));
		try (ReactiveServer server = new ReactiveServer(handler); RawClient client = server.raw()) {
			client.send("GET / HTTP/1.0\r\n\r\n");
			assertThat(client.readAll()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nab");
		}
	}

	private HttpHandler counting(HttpHandler handler) {
		return (request, response) -> handler.handle(request, response).doOnCancel(this.cancellations::incrementAndGet);
	}

	private static DataBuffer text(ServerHttpResponse response, String text) {
		return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static DataBuffer zeros(ServerHttpResponse response) {
		return response.bufferFactory().allocateBuffer(BUFFER).write(new byte[BUFFER]);
	}

	private static void send(Socket socket, AtomicLong sent) {
		byte[] bytes = new byte[BUFFER];
		try {
			OutputStream out = socket.getOutputStream();
			while (sent.get() < SIZE) {
				out.write(bytes);
				sent.addAndGet(bytes.length);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void send(RawClient client, byte[] bytes) {
		try {
			client.send(bytes);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
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
