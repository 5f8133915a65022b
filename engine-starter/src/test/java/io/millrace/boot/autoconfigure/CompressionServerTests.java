package io.millrace.boot.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import com.github.luben.zstd.ZstdInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compression as users set it up, of both stacks, with the cases of Boot's own tests of
 * servers. Two servers for all cases.
 */
@Timeout(180)
@TestInstance(Lifecycle.PER_CLASS)
class CompressionServerTests {

	private static final String[] PROPERTIES = { "server.compression.enabled=true", "server.http2.enabled=true",
			"server.compression.additional-mime-types=application/*+json",
			"server.compression.excluded-user-agents=gozilla,^test.*Agent$", "millrace.routes[0].pattern=/secret/**",
			"millrace.routes[0].compression=false", "millrace.routes[1].pattern=/late/**",
			"millrace.routes[1].timeout=1s", "millrace.decompression.enabled=true",
			"millrace.decompression.max-size=1MB", "spring.web.resources.chain.enabled=true",
			"spring.web.resources.chain.compressed=true" };

	private static final String TEXT = IntStream.range(0, 5000)
		.mapToObj((i) -> "line " + i + "\n")
		.collect(Collectors.joining());

	private static CountDownLatch next = new CountDownLatch(1);

	private static final String EXCHANGE_ENDED = "The exchange has ended before its request body was read";

	private static Path file;

	// Of requests whose body is read further when they have been answered.
	private static final Semaphore ANSWERED = new Semaphore(0);

	private static volatile CompletableFuture<Throwable> lateEnd = new CompletableFuture<>();

	private static volatile LateSubscriber lateSubscriber = new LateSubscriber(() -> {
	});

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private TestServer servlet;

	private TestServer reactive;

	@BeforeAll
	void start(@TempDir Path directory) throws IOException {
		file = Files.writeString(directory.resolve("text.txt"), TEXT.repeat(10));
		Files.writeString(directory.resolve("both.css"), TEXT);
		try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(directory.resolve("both.css.gz")))) {
			gzip.write("compressed beforehand".getBytes(StandardCharsets.US_ASCII));
		}
		Stream<String> resources = Stream.of("spring.web.resources.static-locations=" + directory.toUri());
		String[] properties = Stream.concat(Stream.of(PROPERTIES), resources).toArray(String[]::new);
		this.servlet = TestServer.servlet(ServletApplication.class, properties);
		this.reactive = TestServer.reactive(ReactiveApplication.class, properties);
	}

	@AfterAll
	void stop() {
		this.servlet.close();
		this.reactive.close();
	}

	Stream<TestServer> servers() {
		return Stream.of(this.servlet, this.reactive);
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void textIsCompressedForWhoWantsIt(TestServer server) throws Exception {
		HttpResponse<byte[]> response = get(server, "/text?size=10000", "Accept-Encoding", "gzip");
		assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
		assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
		assertThat(gunzip(response)).isEqualTo(TEXT.substring(0, 10_000));
		HttpResponse<byte[]> plain = get(server, "/text?size=10000");
		assertThat(header(plain, "Content-Encoding")).isNull();
		assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");
		assertThat(plain.body()).asString().isEqualTo(TEXT.substring(0, 10_000));
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void theBestForTheServerIsTakenOfWhatBrowsersAccept(TestServer server) throws Exception {
		HttpResponse<byte[]> response = get(server, "/text?size=10000", "Accept-Encoding", "gzip, deflate, br, zstd");
		assertThat(header(response, "Content-Encoding")).isEqualTo("zstd");
		assertThat(new ZstdInputStream(new ByteArrayInputStream(response.body())).readAllBytes()).asString()
			.isEqualTo(TEXT.substring(0, 10_000));
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void anAnswerToAPostIsCompressedToo(TestServer server) throws Exception {
		HttpRequest post = request(server, "/echo", "Accept-Encoding", "gzip", "Content-Type", "text/plain")
			.POST(BodyPublishers.ofString(TEXT))
			.build();
		HttpResponse<byte[]> response = this.client.send(post, BodyHandlers.ofByteArray());
		assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
		assertThat(gunzip(response)).isEqualTo(TEXT);
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void smallThingsOtherTypesAndOtherPathsAreLeftAlone(TestServer server) throws Exception {
		for (String path : List.of("/text?size=2047", "/text?size=9000&type=image/png", "/text?size=9000&type=text/csv",
				"/secret/text")) {
			HttpResponse<byte[]> response = get(server, path, "Accept-Encoding", "gzip");
			assertThat(header(response, "Content-Encoding")).as(path).isNull();
			assertThat(header(response, "Vary")).as(path).isNull();
		}
		for (String path : List.of("/text?size=2048", "/text?size=9000&type=application/problem%2Bjson")) {
			assertThat(header(get(server, path, "Accept-Encoding", "gzip"), "Content-Encoding")).as(path)
				.isEqualTo("gzip");
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void whoIsExcludedGetsNothingCompressed(TestServer server) throws Exception {
		for (String agent : List.of("testUserAgent", "Mozilla/5.0 (gozilla)", "gozilla")) {
			assertThat(header(get(server, "/text?size=9000", "Accept-Encoding", "gzip", "User-Agent", agent),
					"Content-Encoding"))
				.as(agent)
				.isNull();
		}
		assertThat(header(get(server, "/text?size=9000", "Accept-Encoding", "gzip", "User-Agent", "a testUserAgent"),
				"Content-Encoding"))
			.isEqualTo("gzip");
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void whatHasNoLengthIsCompressedHoweverSmallItTurnsOutToBe(TestServer server) throws Exception {
		HttpResponse<byte[]> response = get(server, "/flushed", "Accept-Encoding", "gzip");
		assertThat(gunzip(response)).isEqualTo("Hello World");
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void aStreamStaysAStream(TestServer server) throws Exception {
		next = new CountDownLatch(1);
		HttpResponse<InputStream> response = this.client
			.send(request(server, "/stream", "Accept-Encoding", "gzip").build(), BodyHandlers.ofInputStream());
		try (InputStream lines = new GZIPInputStream(response.body(), 1)) {
			assertThat(lines.readNBytes(6)).asString().isEqualTo("first\n");
			next.countDown();
			assertThat(lines.readAllBytes()).asString().isEqualTo("second\n");
		}
	}

	@Test
	void aFlushSendsWhatTheEncoderHasKeptOfAFullBuffer() throws Exception {
		next = new CountDownLatch(1);
		HttpResponse<InputStream> response = this.client
			.send(request(this.servlet, "/overflow", "Accept-Encoding", "gzip").build(), BodyHandlers.ofInputStream());
		try (InputStream lines = new GZIPInputStream(response.body(), 1)) {
			assertThat(lines.readNBytes(9000)).asString().isEqualTo(TEXT.substring(0, 9000));
			next.countDown();
			assertThat(lines.readAllBytes()).asString().isEqualTo("end");
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void eventsAreNotCompressed(TestServer server) throws Exception {
		HttpResponse<byte[]> response = get(server, "/events", "Accept-Encoding", "gzip");
		assertThat(header(response, "Content-Encoding")).isNull();
		assertThat(response.body()).asString().contains("data:one", "data:two");
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void filesAndStaticResourcesAreCompressed(TestServer server) throws Exception {
		for (String path : List.of("/file", "/text.txt")) {
			HttpResponse<byte[]> response = get(server, path, "Accept-Encoding", "gzip");
			assertThat(header(response, "Content-Encoding")).as(path).isEqualTo("gzip");
			assertThat(header(response, "Accept-Ranges")).isNull();
			assertThat(gunzip(response)).isEqualTo(TEXT.repeat(10));
			HttpResponse<byte[]> range = get(server, path, "Accept-Encoding", "gzip", "Range", "bytes=0-4999");
			assertThat(range.statusCode()).isEqualTo(206);
			assertThat(header(range, "Content-Encoding")).isNull();
			assertThat(range.body()).asString().isEqualTo(TEXT.substring(0, 5000));
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void whatSpringHasCompressedBeforehandIsLeftAlone(TestServer server) throws Exception {
		HttpResponse<byte[]> response = get(server, "/both.css", "Accept-Encoding", "gzip");
		assertThat(gunzip(response)).isEqualTo("compressed beforehand");
		assertThat(response.headers().allValues("Vary")).containsExactly("Accept-Encoding");
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void headSaysTheSameWithoutABody(TestServer server) throws Exception {
		HttpRequest head = request(server, "/text?size=9000", "Accept-Encoding", "gzip")
			.method("HEAD", BodyPublishers.noBody())
			.build();
		HttpResponse<byte[]> response = this.client.send(head, BodyHandlers.ofByteArray());
		assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
		assertThat(header(response, "Content-Length")).isNull();
		assertThat(response.body()).isEmpty();
	}

	@Test
	void theTagOfAFilterIsWeakenedAndFoundAgain() throws Exception {
		HttpResponse<byte[]> first = get(this.servlet, "/tagged", "Accept-Encoding", "gzip");
		String tag = header(first, "ETag");
		assertThat(tag).startsWith("W/\"");
		assertThat(gunzip(first)).isEqualTo(TEXT);
		HttpResponse<byte[]> second = get(this.servlet, "/tagged", "Accept-Encoding", "gzip", "If-None-Match", tag);
		assertThat(second.statusCode()).isEqualTo(304);
		assertThat(header(second, "ETag")).isEqualTo(tag);
		assertThat(header(get(this.servlet, "/tagged"), "ETag")).isEqualTo(tag.substring(2));
	}

	@Test
	void whatAServletWritesInWhateverWayComesWhole() throws Exception {
		for (String path : List.of("/emitter", "/streaming", "/async", "/large-buffer")) {
			HttpResponse<byte[]> response = get(this.servlet, path, "Accept-Encoding", "gzip");
			assertThat(header(response, "Content-Encoding")).as(path).isEqualTo("gzip");
			assertThat(gunzip(response)).as(path).isEqualTo(TEXT.repeat(10));
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void streamsOfHttp2AreTheSame(TestServer server) throws Exception {
		HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		for (String path : List.of("/text?size=10000", "/file")) {
			HttpResponse<byte[]> response = http2.send(request(server, path, "Accept-Encoding", "gzip").build(),
					BodyHandlers.ofByteArray());
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
			assertThat(gunzip(response)).startsWith(TEXT.substring(0, 10_000));
		}
		HttpRequest post = request(server, "/echo", "Content-Encoding", "gzip", "Content-Type", "text/plain")
			.POST(BodyPublishers.ofByteArray(gzip(TEXT.getBytes(StandardCharsets.UTF_8))))
			.build();
		assertThat(http2.send(post, BodyHandlers.ofByteArray()).body()).asString().isEqualTo(TEXT);
	}

	@Test
	void anApacheClientUnderstandsIt() throws Exception {
		try (CloseableHttpClient apache = HttpClients.createDefault()) {
			for (TestServer server : servers().toList()) {
				HttpGet get = new HttpGet("http://localhost:" + server.port() + "/text?size=10000");
				assertThat(apache.<String>execute(get, (response) -> EntityUtils.toString(response.getEntity())))
					.isEqualTo(TEXT.substring(0, 10_000));
			}
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void aCompressedRequestIsReadByAnApplicationThatKnowsNothingOfIt(TestServer server) throws Exception {
		HttpResponse<byte[]> response = post(server, "gzip", gzip(TEXT.getBytes(StandardCharsets.UTF_8)));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).asString().isEqualTo(TEXT);
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void aBadCompressedRequestIsAnsweredByTheEngine(TestServer server) throws Exception {
		assertThat(post(server, "gzip", gzip(new byte[5_000_000])).statusCode()).isEqualTo(413);
		assertThat(post(server, "gzip", "no gzip".getBytes(StandardCharsets.US_ASCII)).statusCode()).isEqualTo(400);
		HttpResponse<byte[]> unknown = post(server, "lzma", new byte[10]);
		assertThat(unknown.statusCode()).isEqualTo(415);
		assertThat(header(unknown, "Accept-Encoding")).contains("gzip");
	}

	@Test
	void whoReadsOnWhenTheRequestHasTimedOutIsToldSo() throws Exception {
		lateEnd = new CompletableFuture<>();
		assertThat(postLate(this.servlet).statusCode()).isEqualTo(503);
		ANSWERED.release();
		assertThat(lateEnd.get(30, TimeUnit.SECONDS)).hasRootCauseMessage(EXCHANGE_ENDED);
	}

	@Test
	void whoSubscribesApartFromTheApplicationIsToldThatTheRequestHasEnded() throws Exception {
		lateEnd = new CompletableFuture<>();
		assertThat(postLate(this.reactive).body()).asString().isEqualTo("answered");
		// On the same connection: the exchange has ended then.
		get(this.reactive, "/text?size=10");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			lateSubscriber.request(1);
			return lateEnd.isDone();
		});
		assertThat(lateEnd.get()).hasRootCauseMessage(EXCHANGE_ENDED);
	}

	// Comes in one piece, and is inflated in many.
	private HttpResponse<byte[]> postLate(TestServer server) throws Exception {
		byte[] body = new byte[100_000];
		for (int i = 0; i < body.length; i += 400) {
			body[i + i % 397] = (byte) (i >> 5);
		}
		HttpRequest post = request(server, "/late/body", "Content-Encoding", "gzip", "Content-Type", "text/plain")
			.POST(BodyPublishers.ofByteArray(gzip(body)))
			.build();
		return this.client.send(post, BodyHandlers.ofByteArray());
	}

	private HttpResponse<byte[]> post(TestServer server, String coding, byte[] body) throws Exception {
		HttpRequest post = request(server, "/echo", "Content-Encoding", coding, "Content-Type", "text/plain")
			.POST(BodyPublishers.ofByteArray(body))
			.build();
		return this.client.send(post, BodyHandlers.ofByteArray());
	}

	private HttpResponse<byte[]> get(TestServer server, String path, String... headers) throws Exception {
		return this.client.send(request(server, path, headers).build(), BodyHandlers.ofByteArray());
	}

	private static HttpRequest.Builder request(TestServer server, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
			.timeout(Duration.ofSeconds(60));
		return (headers.length > 0) ? request.headers(headers) : request;
	}

	private static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse(null);
	}

	private static String gunzip(HttpResponse<byte[]> response) throws IOException {
		try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static byte[] gzip(byte[] text) throws IOException {
		ByteArrayOutputStream coded = new ByteArrayOutputStream();
		try (GZIPOutputStream out = new GZIPOutputStream(coded)) {
			out.write(text);
		}
		return coded.toByteArray();
	}

	private static void awaitNext() {
		try {
			assertThat(next.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@RestController
	static class CommonController {

		@GetMapping("/text")
		ResponseEntity<byte[]> text(@RequestParam int size, @RequestParam(defaultValue = "text/plain") String type) {
			return ResponseEntity.ok()
				.contentType(MediaType.parseMediaType(type))
				.body(TEXT.substring(0, size).getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping(path = "/secret/text", produces = "text/plain")
		String secret() {
			return TEXT;
		}

		@GetMapping(path = "/file", produces = "text/plain")
		Resource file() {
			return new FileSystemResource(file);
		}

	}

	@RestController
	static class ServletController {

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			return body;
		}

		@PostMapping("/late/body")
		void late(HttpServletRequest request) throws IOException {
			InputStream body = request.getInputStream();
			assertThat(body.read()).isNotNegative();
			ANSWERED.acquireUninterruptibly();
			Thread.interrupted();
			try {
				// Little at a time: the client may have its answer just before the
				// exchange ends.
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> body.readNBytes(1000).length == 0);
				lateEnd.complete(new AssertionError("All was read"));
			}
			catch (Exception ex) {
				lateEnd.complete(ex);
			}
		}

		@GetMapping("/flushed")
		void flushed(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.getOutputStream().write("Hello World".getBytes(StandardCharsets.US_ASCII));
			response.getOutputStream().flush();
		}

		@GetMapping("/stream")
		void stream(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.getWriter().write("first\n");
			response.flushBuffer();
			awaitNext();
			response.getWriter().write("second\n");
		}

		@GetMapping("/overflow")
		void overflow(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.getOutputStream().write(TEXT.substring(0, 9000).getBytes(StandardCharsets.US_ASCII));
			response.flushBuffer();
			awaitNext();
			response.getOutputStream().print("end");
		}

		@GetMapping("/events")
		SseEmitter events() throws IOException {
			SseEmitter emitter = new SseEmitter();
			emitter.send("one");
			emitter.send("two");
			emitter.complete();
			return emitter;
		}

		@GetMapping("/tagged")
		ResponseEntity<String> tagged() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(TEXT);
		}

		@GetMapping("/emitter")
		ResponseEntity<ResponseBodyEmitter> emitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			for (int i = 0; i < 10; i++) {
				emitter.send(TEXT, MediaType.TEXT_PLAIN);
			}
			emitter.complete();
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(emitter);
		}

		@GetMapping("/streaming")
		ResponseEntity<StreamingResponseBody> streaming() {
			return ResponseEntity.ok()
				.contentType(MediaType.TEXT_PLAIN)
				.body((out) -> out.write(TEXT.repeat(10).getBytes(StandardCharsets.US_ASCII)));
		}

		@GetMapping(path = "/async", produces = "text/plain")
		Callable<String> async() {
			return () -> TEXT.repeat(10);
		}

		@GetMapping("/large-buffer")
		void largeBuffer(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.setBufferSize(1_000_000);
			response.getOutputStream().write(TEXT.repeat(10).getBytes(StandardCharsets.US_ASCII));
		}

	}

	@RestController
	static class ReactiveController {

		@PostMapping("/echo")
		Mono<String> echo(@RequestBody Mono<String> body) {
			return body;
		}

		@PostMapping("/late/body")
		Mono<String> late(ServerHttpRequest request) {
			return Mono.create((sink) -> {
				lateSubscriber = new LateSubscriber(() -> sink.success("answered"));
				request.getBody().subscribe(lateSubscriber);
			});
		}

		@GetMapping(path = "/flushed", produces = "text/plain")
		Flux<DataBuffer> flushed() {
			return Flux.just("Hello ", "World").map(ReactiveController::buffer);
		}

		@GetMapping(path = "/stream", produces = "text/plain")
		Flux<DataBuffer> stream() {
			Flux<String> second = Mono.fromCallable(() -> {
				awaitNext();
				return "second\n";
			}).subscribeOn(Schedulers.boundedElastic()).flux();
			return Flux.concat(Flux.just("first\n"), second).map(ReactiveController::buffer);
		}

		@GetMapping("/events")
		Flux<ServerSentEvent<String>> events() {
			return Flux.just("one", "two").map((text) -> ServerSentEvent.builder(text).build());
		}

		private static DataBuffer buffer(String text) {
			return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.US_ASCII));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ CommonController.class, ServletController.class })
	static class ServletApplication {

		@Bean
		FilterRegistrationBean<ShallowEtagHeaderFilter> tags() {
			FilterRegistrationBean<ShallowEtagHeaderFilter> tags = new FilterRegistrationBean<>(
					new ShallowEtagHeaderFilter());
			tags.addUrlPatterns("/tagged");
			return tags;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ CommonController.class, ReactiveController.class })
	static class ReactiveApplication {

	}

	static class LateSubscriber extends BaseSubscriber<DataBuffer> {

		private final Runnable answer;

		LateSubscriber(Runnable answer) {
			this.answer = answer;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Mostly when all of the body has come.
			Schedulers.parallel().schedule(() -> subscription.request(1), 100, TimeUnit.MILLISECONDS);
		}

		@Override
		protected void hookOnNext(DataBuffer buffer) {
			DataBufferUtils.release(buffer);
			this.answer.run();
		}

		@Override
		protected void hookOnError(Throwable failure) {
			lateEnd.complete(failure);
		}

		@Override
		protected void hookOnComplete() {
			lateEnd.complete(new AssertionError("All was read"));
		}

	}

}
