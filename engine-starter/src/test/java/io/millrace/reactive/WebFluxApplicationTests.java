package io.millrace.reactive;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.millrace.core.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application of annotated controllers and functional endpoints, over real sockets.
 */
class WebFluxApplicationTests {

	private static final String CONTENT = "0123456789".repeat(10_000);

	@TempDir
	static Path folder;

	private static AnnotationConfigApplicationContext context;

	private static ReactiveServer server;

	@BeforeAll
	static void start() throws Exception {
		Files.writeString(folder.resolve("file.txt"), CONTENT);
		context = new AnnotationConfigApplicationContext(Application.class);
		server = new ReactiveServer(WebHttpHandlerBuilder.applicationContext(context).build());
	}

	@AfterAll
	static void stop() {
		server.close();
		context.close();
	}

	@Test
	void textComesWithItsLength() throws Exception {
		HttpResponse<String> response = server.get("/text");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("hello, wörld");
		assertThat(response.headers().firstValue("content-length")).hasValue("13");
	}

	@Test
	void jsonIsEchoed() throws Exception {
		HttpResponse<String> response = server.send(server.request("/json")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"name\":\"Ada\"}")));
		assertThat(response.body()).isEqualTo("{\"name\":\"Ada\",\"greeting\":\"hello\"}");
	}

	@Test
	void jsonThatIsNoneIsABadRequest() throws Exception {
		HttpResponse<String> response = server.send(server.request("/json")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"name\":")));
		assertThat(response.statusCode()).isEqualTo(400);
	}

	@Test
	void bytesAreStreamedBackAsTheyCome() throws Exception {
		try (RawClient client = server.raw()) {
			client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
			assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
			while (!client.line().isEmpty()) {
				// the head
			}
			assertThat(client.line()).isEqualTo("5");
			assertThat(client.line()).isEqualTo("first");
			client.send("6\r\nsecond\r\n");
			assertThat(client.line()).isEqualTo("6");
			assertThat(client.line()).isEqualTo("second");
			client.send("0\r\n\r\n");
			assertThat(client.line()).isEqualTo("0");
			assertThat(client.line()).isEmpty();
			// and the connection is good for another request
			assertThat(client.get("/text").receive().status()).isEqualTo(200);
		}
	}

	@Test
	void aClientThatWaitsIsToldToContinue() throws Exception {
		try (RawClient client = server.raw()) {
			client.send("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
					+ "Expect: 100-continue\r\n\r\n");
			assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
			assertThat(client.line()).isEmpty();
			assertThat(client.send("{\"name\":\"A\"}").receive().body()).contains("\"A\"");
		}
	}

	@Test
	void eventsArriveOneByOne() throws Exception {
		try (RawClient client = server.raw()) {
			client.send("GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
			String event = client.receive().body();
			assertThat(event)
				.isEqualTo("id:0\nevent:tick\ndata:0\n\nid:1\nevent:tick\ndata:1\n\nid:2\nevent:tick\ndata:2\n\n");
		}
	}

	@Test
	void objectsAreStreamedAsLines() throws Exception {
		HttpResponse<String> response = server.send(server.request("/lines").header("Accept", "application/x-ndjson"));
		assertThat(response.body()).isEqualTo("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
	}

	@Test
	void partsOfAFormAreReceived() throws Exception {
		String file = "x".repeat(300_000);
		String body = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nsyllabus\r\n"
				+ "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.txt\"\r\n"
				+ "Content-Type: text/plain\r\n\r\n" + file + "\r\n--b--\r\n";
		HttpResponse<String> response = server.send(server.request("/upload")
			.header("Content-Type", "multipart/form-data; boundary=b")
			.POST(BodyPublishers.ofString(body)));
		assertThat(response.body()).isEqualTo("title syllabus s.txt 300000");
	}

	@Test
	void aFormIsReceived() throws Exception {
		HttpResponse<String> response = server.send(server.request("/form")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("name=Ada+L&lang=de%26en")));
		assertThat(response.body()).isEqualTo("{name=Ada L, lang=de&en}");
	}

	@Test
	void aSessionIsKept() throws Exception {
		HttpResponse<String> first = server.get("/session");
		assertThat(first.body()).isEqualTo("1");
		String cookie = first.headers().firstValue("set-cookie").orElseThrow();
		assertThat(cookie).startsWith("SESSION=").contains("HttpOnly");
		HttpResponse<String> second = server
			.send(server.request("/session").header("Cookie", cookie.substring(0, cookie.indexOf(';'))));
		assertThat(second.body()).isEqualTo("2");
	}

	@Test
	void cookiesGoBothWays() throws Exception {
		HttpResponse<String> response = server.send(server.request("/cookie").header("Cookie", "a=1; user=Ada"));
		assertThat(response.body()).isEqualTo("Ada");
		assertThat(response.headers().allValues("set-cookie"))
			.containsExactly("seen=yes; Path=/; Secure; SameSite=Strict");
	}

	@Test
	void aFileIsSent() throws Exception {
		HttpResponse<String> response = server.get("/file");
		assertThat(response.body()).isEqualTo(CONTENT);
		assertThat(response.headers().firstValue("content-length")).hasValue("100000");
		assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
	}

	@Test
	void aRegionOfAFileIsSent() throws Exception {
		HttpResponse<String> response = server.send(server.request("/file").header("Range", "bytes=99990-"));
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(response.body()).isEqualTo("0123456789");
		assertThat(response.headers().firstValue("content-range")).hasValue("bytes 99990-99999/100000");
	}

	@Test
	void severalRegionsOfAFileAreSent() throws Exception {
		HttpResponse<String> response = server.send(server.request("/file").header("Range", "bytes=1-2,4-5"));
		assertThat(response.statusCode()).isEqualTo(206);
		assertThat(response.body()).contains("12").contains("45").contains("Content-Range: bytes 4-5/100000");
	}

	@Test
	void staticResourcesAreServed() throws Exception {
		HttpResponse<String> response = server.get("/static/file.txt");
		assertThat(response.body()).isEqualTo(CONTENT);
		HttpResponse<String> missing = server.get("/static/none.txt");
		assertThat(missing.statusCode()).isEqualTo(404);
	}

	@Test
	void aHeadIsAnsweredWithTheHeadersOfAGet() throws Exception {
		try (RawClient client = server.raw()) {
			for (String target : new String[] { "/text", "/file", "/static/file.txt" }) {
				client.send("HEAD " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
				RawClient.Response head = client.receiveHead();
				RawClient.Response whole = client.get(target).receive();
				assertThat(head.status()).as(target).isEqualTo(200);
				assertThat(head.header("content-length")).as(target).isEqualTo(whole.header("content-length"));
				assertThat(head.header("content-type")).as(target).isEqualTo(whole.header("content-type"));
			}
			client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.receiveHead().header("content-length")).isNull();
			assertThat(client.get("/text").receive().status()).isEqualTo(200);
		}
	}

	@Test
	void aStatusWithoutBodyHasNone() throws Exception {
		try (RawClient client = server.raw()) {
			RawClient.Response none = client.get("/nothing").receive();
			assertThat(none.status()).isEqualTo(204);
			assertThat(none.headers()).doesNotContainKeys("content-length", "transfer-encoding");
			client.send("GET /unmodified HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n\r\n");
			RawClient.Response unmodified = client.receive();
			assertThat(unmodified.status()).isEqualTo(304);
			assertThat(unmodified.header("etag")).isEqualTo("\"v1\"");
			assertThat(client.get("/stubborn").receive().status()).isEqualTo(204);
			assertThat(client.get("/unmodified").receive().body()).isEqualTo("body");
		}
	}

	@Test
	void anErrorBeforeTheResponseHasItsStatus() throws Exception {
		assertThat(server.get("/fail").statusCode()).isEqualTo(500);
		assertThat(server.get("/late-fail").statusCode()).isEqualTo(500);
		assertThat(server.get("/nowhere").statusCode()).isEqualTo(404);
		assertThat(server.send(server.request("/text").method("DELETE", BodyPublishers.noBody())).statusCode())
			.isEqualTo(405);
	}

	@Test
	void anErrorWithinTheResponseIsSeenByTheClient() throws Exception {
		try (RawClient client = server.raw()) {
			client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
			String all = client.readAll();
			assertThat(all).startsWith("HTTP/1.1 200 OK").contains("first").doesNotEndWith("0\r\n\r\n");
		}
	}

	@Test
	void manyAndLongHeadersArrive() throws Exception {
		HttpRequest.Builder request = server.request("/headers");
		for (int i = 0; i < 60; i++) {
			request.header("X-H-" + i, "v".repeat(100));
		}
		HttpResponse<String> response = server.send(request);
		assertThat(response.body()).isEqualTo("60");
		assertThat(response.headers().firstValue("X-Long").orElseThrow()).hasSize(20_000);
	}

	@Test
	void responsesOfOtherThreadsArrive() throws Exception {
		assertThat(server.get("/elsewhere").body()).isEqualTo("0123456789");
	}

	@Test
	void functionsAnswerToo() throws Exception {
		assertThat(server.get("/function").body()).isEqualTo("function");
		assertThat(server.get("/function?a=%C3%A4&b=1+2").body()).isEqualTo("function ä 1 2");
	}

	@Test
	void aQueryThatCannotBeDecodedIsABadRequest() throws Exception {
		try (RawClient client = server.raw()) {
			assertThat(client.get("/function?a=%").receive().status()).isEqualTo(400);
		}
		try (RawClient client = server.raw()) {
			assertThat(client.get("/function?a=%zz").receive().status()).isEqualTo(400);
		}
	}

	@Test
	void oddTargetsAreNoErrorsOfTheServer() throws Exception {
		for (String target : new String[] { "//", "/;", "/%2e%2e/x", "/a;b=c;d", "/?[]", "/?a[b]=c&&=&=x", "/text//",
				"http://other.example/text?x", "http://[::1]/text", "/*" }) {
			try (RawClient client = server.raw()) {
				assertThat(client.get(target).receive().status()).as(target).isLessThan(500);
			}
		}
	}

	@Configuration
	@EnableWebFlux
	static class Application {

		@Bean
		Endpoints endpoints() {
			return new Endpoints();
		}

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route()
				.GET("/function",
						(request) -> ServerResponse.ok()
							.bodyValue("function" + request.queryParam("a").map((a) -> " " + a).orElse("")
									+ request.queryParam("b").map((b) -> " " + b).orElse("")))
				.resources("/static/**", new FileSystemResource(folder.toString() + "/"))
				.build();
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping(path = "/text", produces = "text/plain;charset=UTF-8")
		String text() {
			return "hello, wörld";
		}

		@PostMapping("/json")
		Mono<Map<String, String>> json(@RequestBody Mono<Map<String, String>> body) {
			return body.map((map) -> {
				map.put("greeting", "hello");
				return map;
			});
		}

		@PostMapping("/echo")
		Mono<Void> echo(ServerWebExchange exchange) {
			ServerHttpResponse response = exchange.getResponse();
			return response.writeAndFlushWith(exchange.getRequest().getBody().map(Mono::just));
		}

		@GetMapping("/events")
		Flux<ServerSentEvent<Integer>> events() {
			return Flux.interval(Duration.ofMillis(10))
				.take(3)
				.map((n) -> ServerSentEvent.builder(n.intValue()).id(n.toString()).event("tick").build());
		}

		@GetMapping(path = "/lines", produces = MediaType.APPLICATION_NDJSON_VALUE)
		Flux<Map<String, Integer>> lines() {
			return Flux.range(0, 3).map((n) -> Map.of("n", n));
		}

		@PostMapping("/upload")
		Mono<String> upload(@RequestPart("title") Part title, @RequestPart("file") FilePart file) {
			Mono<String> text = DataBufferUtils.join(title.content()).map((buffer) -> {
				String value = buffer.toString(StandardCharsets.UTF_8);
				DataBufferUtils.release(buffer);
				return value;
			});
			Path target = folder.resolve("uploaded-" + Instant.now().toEpochMilli());
			return text.flatMap((value) -> file.transferTo(target)
				.then(Mono.fromCallable(
						() -> title.name() + " " + value + " " + file.filename() + " " + Files.size(target))));
		}

		@PostMapping("/form")
		Mono<String> form(ServerWebExchange exchange) {
			return exchange.getFormData().map((data) -> data.toSingleValueMap().toString());
		}

		@GetMapping("/session")
		String session(WebSession session) {
			int visits = session.getAttributeOrDefault("visits", 0) + 1;
			session.getAttributes().put("visits", visits);
			return Integer.toString(visits);
		}

		@GetMapping("/cookie")
		String cookie(@CookieValue("user") String user, ServerHttpResponse response) {
			response.addCookie(org.springframework.http.ResponseCookie.from("seen", "yes")
				.path("/")
				.secure(true)
				.sameSite("Strict")
				.build());
			return user;
		}

		@GetMapping("/file")
		Resource file() {
			return new FileSystemResource(folder.resolve("file.txt"));
		}

		@GetMapping("/nothing")
		ResponseEntity<Void> nothing() {
			return ResponseEntity.noContent().build();
		}

		@GetMapping("/stubborn")
		Mono<Void> stubborn(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.NO_CONTENT);
			return response.writeWith(Flux.just("a", "b")
				.map((text) -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
		}

		@GetMapping("/unmodified")
		ResponseEntity<String> unmodified() {
			return ResponseEntity.ok().eTag("v1").body("body");
		}

		@GetMapping("/fail")
		String fail() {
			throw new IllegalStateException("failed");
		}

		@GetMapping("/late-fail")
		Flux<String> lateFail() {
			return Flux.<String>error(new IllegalStateException("failed")).delaySubscription(Duration.ofMillis(10));
		}

		@GetMapping(path = "/broken", produces = "text/plain")
		Flux<String> broken() {
			return Flux.just("first", "second")
				.concatWith(Flux.<String>error(new IllegalStateException("broken"))
					.delaySubscription(Duration.ofMillis(10)));
		}

		@GetMapping("/headers")
		ResponseEntity<String> headers(ServerWebExchange exchange) {
			long count = exchange.getRequest()
				.getHeaders()
				.headerNames()
				.stream()
				.filter((name) -> name.startsWith("X-H-"))
				.count();
			return ResponseEntity.ok().header("X-Long", "l".repeat(20_000)).body(Long.toString(count));
		}

		@GetMapping("/elsewhere")
		Flux<String> elsewhere() {
			return Flux.range(0, 10).publishOn(Schedulers.boundedElastic()).map(String::valueOf);
		}

	}

}
