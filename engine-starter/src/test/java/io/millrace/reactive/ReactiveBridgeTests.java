package io.millrace.reactive;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.DisconnectedClientHelper;

import static org.assertj.core.api.Assertions.assertThat;

class ReactiveBridgeTests {

	private final FakeStream stream = new FakeStream();

	@TempDir
	private Path folder;

	@Test
	void aMonoIsOneWrite() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Mono.just(data("hello"))));
		assertThat(this.stream.writes).containsExactly("hello");
		assertThat(this.stream.ended).isTrue();
		assertThat(this.stream.status).isEqualTo(200);
	}

	@Test
	void aFluxIsOneWriteForEachBuffer() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Flux.just("a", "b", "c", "d", "e", "f").map(this::data)));
		assertThat(this.stream.writes).containsExactly("a", "b", "c", "d", "e", "f");
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aFluxIsNotMadeFasterThanTheClientTakesIt() throws Exception {
		AtomicInteger made = new AtomicInteger();
		Flux<DataBuffer> source = Flux.range(0, 100).map((i) -> {
			made.incrementAndGet();
			return data("x");
		});
		this.stream.get("/");
		this.stream.writable = false;
		handle((request, response) -> response.writeWith(source));
		// Spring wants to see the first element before it commits.
		assertThat(made).hasValue(1);
		assertThat(this.stream.writes).isEmpty();
		this.stream.writable = true;
		this.stream.becomeWritable();
		assertThat(this.stream.body()).hasSize(100);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aFluxPausesAfterAFewBuffers() throws Exception {
		List<DataBuffer> made = new ArrayList<>();
		this.stream.get("/");
		Flux<DataBuffer> source = Flux.range(0, 100).map((i) -> {
			this.stream.writable = false;
			made.add(data("x"));
			return made.get(made.size() - 1);
		});
		handle((request, response) -> response.writeWith(source));
		assertThat(made).hasSizeBetween(1, BodyWriter.BATCH);
		int before = made.size();
		this.stream.becomeWritable();
		assertThat(made).hasSizeBetween(before + 1, before + BodyWriter.BATCH);
		this.stream.disconnect();
	}

	@Test
	void aLongSynchronousFluxNeedsNoDeepStack() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Flux.range(0, 50_000).map((i) -> data("x"))));
		assertThat(this.stream.writes).hasSize(50_000);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void groupsAreWrittenInOrder() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response
			.writeAndFlushWith(Flux.range(0, 20_000).map((i) -> Flux.just(data(i + ","), data(i + ";")))));
		assertThat(this.stream.writes).hasSize(40_000).startsWith("0,", "0;", "1,", "1;", "2,");
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aFluxThatFailsBeforeItsFirstElementIsAnsweredWithAnErrorStatus() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Flux.<DataBuffer>error(new IllegalStateException("no data")))
			.onErrorResume((ex) -> {
				response.setStatusCode(HttpStatus.BAD_GATEWAY);
				return response.setComplete();
			}));
		assertThat(this.stream.status).isEqualTo(502);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aFluxThatFailsLaterIsCut() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(
				Flux.just("a", "b").map(this::data).concatWith(Flux.error(new IllegalStateException("no more")))));
		assertThat(this.stream.body()).isEqualTo("ab");
		assertThat(this.stream.ended).isFalse();
		assertThat(this.stream.cut).isTrue();
	}

	@Test
	void anApplicationThatFailsIsAnsweredWith500() throws Exception {
		this.stream.get("/");
		handle((request, response) -> Mono.error(new IllegalStateException("broken")));
		assertThat(this.stream.status).isEqualTo(500);
		assertThat(this.stream.body()).doesNotContain("broken");
	}

	@Test
	void aStatusThatNobodyCommittedIsSent() throws Exception {
		this.stream.get("/");
		handle((request, response) -> {
			response.setStatusCode(HttpStatus.NOT_FOUND);
			return Mono.empty();
		});
		assertThat(this.stream.status).isEqualTo(404);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aStatusThatIsNoneOfAFinalResponseIsAnsweredWith500() throws Exception {
		this.stream.get("/");
		handle((request, response) -> {
			response.setStatusCode(HttpStatusCode.valueOf(103));
			return response.setComplete();
		});
		assertThat(this.stream.status).isEqualTo(500);
	}

	@Test
	void headersAndCookiesGoStraightToTheEngine() throws Exception {
		this.stream.get("/");
		handle((request, response) -> {
			response.getHeaders().add("X-One", "1");
			response.addCookie(ResponseCookie.from("id", "7").path("/").httpOnly(true).sameSite("Lax").build());
			response.addCookie(ResponseCookie.from("lang", "de").build());
			return response.setComplete();
		});
		assertThat(this.stream.headers.get("X-One")).isEqualTo("1");
		assertThat(this.stream.headers.getAll("Set-Cookie")).containsExactly("id=7; Path=/; HttpOnly; SameSite=Lax",
				"lang=de");
	}

	@Test
	void aHeaderThatWouldSplitTheResponseIsRefused() throws Exception {
		this.stream.get("/");
		handle((request, response) -> {
			response.getHeaders().add("X-One", "1\r\nX-Two: 2");
			return response.setComplete();
		});
		assertThat(this.stream.status).isEqualTo(500);
		assertThat(this.stream.headers.contains("X-One")).isFalse();
	}

	@Test
	void theRequestIsAView() throws Exception {
		DefaultHttpHeaders headers = new DefaultHttpHeaders();
		headers.set("Host", "example.com:8080").add("Cookie", "a=1; b=2").add("Cookie", "a=3").set("X-One", "1");
		this.stream.request("PUT", "/a%20b;v=1/c?q=x%2Fy&z", BodyFraming.NONE, headers);
		ServerHttpRequest request = seen();
		assertThat(request.getMethod().name()).isEqualTo("PUT");
		assertThat(request.getURI()).hasToString("http://example.com:8080/a%20b;v=1/c?q=x%2Fy&z");
		assertThat(request.getPath().value()).isEqualTo("/a%20b;v=1/c");
		assertThat(request.getQueryParams().toSingleValueMap()).containsEntry("q", "x/y").containsEntry("z", null);
		assertThat(request.getHeaders().getFirst("x-one")).isEqualTo("1");
		assertThat(request.getCookies().get("a")).extracting(HttpCookie::getValue).containsExactly("1", "3");
		assertThat(request.getCookies().getFirst("b").getValue()).isEqualTo("2");
		assertThat(request.getRemoteAddress()).hasToString("/127.0.0.1:50000");
		assertThat(request.getLocalAddress()).hasToString("/127.0.0.1:8080");
		assertThat(request.getSslInfo()).isNull();
		assertThat(request.getId()).startsWith("c0ffee-").isEqualTo(request.getId());
		assertThat(request.mutate().path("/other").build().getURI())
			.hasToString("http://example.com:8080/other?q=x%2Fy&z");
	}

	@Test
	void anAbsoluteTargetReplacesTheHost() throws Exception {
		this.stream.get("http://other.example/x?y");
		assertThat(seen().getURI()).hasToString("http://other.example/x?y");
	}

	@Test
	void aQueryWithAnUnfinishedEscapeIsRefused() throws Exception {
		this.stream.get("/x?a=%");
		handle((request, response) -> Mono.error(new AssertionError("The application was called")));
		assertThat(this.stream.refusal.status()).isEqualTo(400);
	}

	@Test
	void aHostThatIsNoAddressIsRefused() throws Exception {
		this.stream.request("GET", "/", BodyFraming.NONE, new DefaultHttpHeaders().set("Host", "[1:2]"));
		handle((request, response) -> Mono.error(new AssertionError("The application was called")));
		assertThat(this.stream.refusal.status()).isEqualTo(400);
	}

	@Test
	void aHeadRequestIsAnsweredWithoutBodyAndItsBuffersAreReleased() throws Exception {
		this.stream.request("HEAD", "/", BodyFraming.NONE, new DefaultHttpHeaders().set("Host", "h"));
		DataBuffer buffer = data("hello");
		handle((request, response) -> response.writeWith(Mono.just(buffer)).then(response.setComplete()));
		assertThat(this.stream.writes).isEmpty();
		assertThat(this.stream.ended).isTrue();
		assertThat(this.stream.headers.get("Content-Length")).isEqualTo("5");
		assertThat(NettyDataBufferFactory.toByteBuf(buffer).refCnt()).isZero();
	}

	@Test
	void aFileIsSentByTheEngine() throws Exception {
		Path file = Files.writeString(this.folder.resolve("file.txt"), "0123456789");
		this.stream.get("/");
		handle((request, response) -> ((ZeroCopyHttpOutputMessage) response).writeWith(file, 2, 5));
		assertThat(this.stream.body()).isEqualTo("23456");
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void aFileThatIsNotThereIsToldBeforeTheResponseIsCommitted() throws Exception {
		this.stream.get("/");
		handle((request, response) -> ((ZeroCopyHttpOutputMessage) response)
			.writeWith(this.folder.resolve("none.txt"), 0, 1)
			.onErrorResume((ex) -> {
				response.setStatusCode(HttpStatus.GONE);
				return response.setComplete();
			}));
		assertThat(this.stream.status).isEqualTo(410);
	}

	@Test
	void theHeadOfAFileDoesNotReadIt() throws Exception {
		this.stream.request("HEAD", "/", BodyFraming.NONE, new DefaultHttpHeaders().set("Host", "h"));
		handle((request, response) -> ((ZeroCopyHttpOutputMessage) response).writeWith(this.folder.resolve("none.txt"),
				0, 10));
		assertThat(this.stream.headers.get("Content-Length")).isEqualTo("10");
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void buffersOfAnotherFactoryAreWritten() throws Exception {
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Flux.just("a", "b")
			.map((text) -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)))));
		assertThat(this.stream.body()).isEqualTo("ab");
	}

	@Test
	void aClientThatGoesAwayCancelsTheApplication() throws Exception {
		AtomicBoolean cancelled = new AtomicBoolean();
		this.stream.get("/");
		handle((request, response) -> Mono.<Void>never().doOnCancel(() -> cancelled.set(true)));
		this.stream.disconnect();
		assertThat(cancelled).isTrue();
	}

	@Test
	void aClientThatGoesAwayCancelsTheBody() throws Exception {
		AtomicBoolean cancelled = new AtomicBoolean();
		Sinks.Many<DataBuffer> sink = Sinks.many().unicast().onBackpressureBuffer();
		this.stream.get("/");
		handle((request, response) -> response.writeWith(sink.asFlux().doOnCancel(() -> cancelled.set(true))));
		sink.tryEmitNext(data("a"));
		assertThat(this.stream.body()).isEqualTo("a");
		this.stream.disconnect();
		assertThat(cancelled).isTrue();
		assertThat(this.stream.cut).isFalse();
	}

	@Test
	void aBodyThatIsWrittenApartFromTheApplicationFailsWithItsClient() throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicBoolean cancelled = new AtomicBoolean();
		this.stream.get("/");
		handle((request, response) -> {
			Flux<DataBuffer> body = Flux.just(data("a"))
				.concatWith(Flux.<DataBuffer>never().doOnCancel(() -> cancelled.set(true)));
			response.writeWith(body).subscribe(null, failure::set);
			return Mono.never();
		});
		this.stream.disconnect();
		assertThat(cancelled).isTrue();
		assertThat(DisconnectedClientHelper.isClientDisconnectedException(failure.get())).isTrue();
	}

	@Test
	void whatIsMadeAfterTheClientWentAwayIsReleased() throws Exception {
		ByteBuf late = this.stream.buffer("late");
		AtomicReference<Subscriber<? super DataBuffer>> body = new AtomicReference<>();
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Flux.from((subscriber) -> {
			body.set(subscriber);
			subscriber.onSubscribe(Operators.emptySubscription());
			subscriber.onNext(data("a"));
		})));
		this.stream.disconnect();
		body.get().onNext(wrap(late));
		assertThat(late.refCnt()).isZero();
	}

	@Test
	void groupsThatWaitForOneAreWrittenAfterIt() throws Exception {
		Sinks.Many<DataBuffer> first = Sinks.many().unicast().onBackpressureBuffer();
		Flux<Flux<DataBuffer>> groups = Flux.range(0, 100)
			.map((i) -> (i == 0) ? first.asFlux() : Flux.defer(() -> Flux.just(data(i + ","))));
		this.stream.get("/");
		handle((request, response) -> response.writeAndFlushWith(groups));
		first.tryEmitNext(data("a"));
		first.tryEmitNext(data("b"));
		assertThat(this.stream.body()).isEqualTo("ab");
		first.tryEmitComplete();
		assertThat(this.stream.body()).startsWith("ab1,2,3,").endsWith(",98,99,");
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void groupsAreNotMadeFasterThanTheClientTakesThem() throws Exception {
		AtomicInteger made = new AtomicInteger();
		this.stream.get("/");
		handle((request, response) -> response.writeAndFlushWith(Flux.range(0, 100).map((i) -> {
			made.incrementAndGet();
			this.stream.writable = false;
			return Mono.fromCallable(() -> data("x"));
		})));
		assertThat(made).hasValueLessThanOrEqualTo(BodyWriter.BATCH);
		for (int i = 0; i < 100 && !this.stream.ended; i++) {
			this.stream.becomeWritable();
		}
		assertThat(this.stream.body()).hasSize(100);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void groupsThatWaitWhenTheClientGoesAwayAreCancelled() throws Exception {
		List<ByteBuf> waiting = new ArrayList<>();
		Sinks.Many<Publisher<DataBuffer>> groups = Sinks.many().unicast().onBackpressureBuffer();
		this.stream.get("/");
		handle((request, response) -> response.writeAndFlushWith(groups.asFlux()));
		groups.tryEmitNext(Mono.never());
		for (int i = 0; i < 3; i++) {
			ByteBuf buffer = this.stream.buffer("late");
			waiting.add(buffer);
			// as Spring's encoders do
			groups.tryEmitNext(Mono.just(wrap(buffer)).doOnDiscard(DataBuffer.class, DataBufferUtils::release));
		}
		this.stream.disconnect();
		assertThat(waiting).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void writesFromOtherThreadsReachTheLoop() throws Exception {
		this.stream.get("/");
		AtomicBoolean done = new AtomicBoolean();
		handle((request, response) -> response
			.writeWith(Flux.range(0, 100).publishOn(Schedulers.parallel()).map((i) -> data("x")))
			.doOnSuccess((nothing) -> done.set(true)));
		long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
		while (!this.stream.ended && System.nanoTime() < end) {
			this.stream.executor.turn();
			Thread.onSpinWait();
		}
		assertThat(this.stream.body()).hasSize(100);
		assertThat(this.stream.ended).isTrue();
		assertThat(done).isTrue();
	}

	@Test
	void theBodyOfTheRequestIsStreamedBack() throws Exception {
		this.stream.post("/");
		handle((request, response) -> response.writeWith(request.getBody()));
		this.stream.receive("a");
		this.stream.receive("b");
		assertThat(this.stream.body()).isEqualTo("ab");
		assertThat(this.stream.ended).isFalse();
		this.stream.receiveEnd();
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void theRequestIsReadOnlyAsFastAsItIsSentBack() throws Exception {
		this.stream.post("/");
		handle((request, response) -> response.writeWith(request.getBody()));
		this.stream.writable = false;
		for (int i = 0; i < 10; i++) {
			this.stream.receive("x");
		}
		assertThat(this.stream.body().length()).isLessThanOrEqualTo(BodyWriter.BATCH);
		this.stream.becomeWritable();
		this.stream.receiveEnd();
		assertThat(this.stream.body()).hasSize(10);
		assertThat(this.stream.ended).isTrue();
	}

	@Test
	void anAnswerOfTheEngineCancelsTheApplication() throws Exception {
		AtomicBoolean cancelled = new AtomicBoolean();
		this.stream.post("/");
		handle((request, response) -> Mono.<Void>never().doOnCancel(() -> cancelled.set(true)));
		this.stream.refuse(this.stream.exchange, ProtocolException.badRequest("The body is malformed"));
		assertThat(cancelled).isTrue();
	}

	@Test
	void whatTheApplicationDoesAfterItsResponseIsNotCancelled() throws Exception {
		Sinks.Empty<Void> audit = Sinks.empty();
		AtomicBoolean cancelled = new AtomicBoolean();
		this.stream.get("/");
		handle((request, response) -> response.writeWith(Mono.just(data("a")))
			.then(audit.asMono())
			.doOnCancel(() -> cancelled.set(true)));
		assertThat(this.stream.ended).isTrue();
		assertThat(cancelled).isFalse();
		audit.tryEmitEmpty();
		assertThat(this.stream.body()).isEqualTo("a");
	}

	private ServerHttpRequest seen() {
		AtomicReference<ServerHttpRequest> seen = new AtomicReference<>();
		handle((request, response) -> {
			seen.set(request);
			return response.setComplete();
		});
		return seen.get();
	}

	private void handle(HttpHandler handler) {
		this.stream.dispatch(new ReactiveBridge(handler));
	}

	private DataBuffer data(String text) {
		return wrap(this.stream.buffer(text));
	}

	private DataBuffer wrap(ByteBuf buffer) {
		return new NettyDataBufferFactory(this.stream.allocator()).wrap(buffer);
	}

}
