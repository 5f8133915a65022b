package io.millrace.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.MediaTypes;
import io.millrace.core.http.CompressionOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.HeldCodecs;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Responses that are compressed on their way, with handlers on the event loop and with
 * handlers on workers. One engine of each for all cases.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class EngineCompressionTests {

	private static final String TEXT = IntStream.range(0, 30_000)
		.mapToObj((i) -> "line " + i + " of a text\n")
		.collect(Collectors.joining());

	private static final int MIN_SIZE = 1000;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final Semaphore steps = new Semaphore(0);

	private final AtomicReference<Exchange> last = new AtomicReference<>();

	private final AtomicInteger turns = new AtomicInteger();

	private TestEngine inline;

	private TestEngine workers;

	private Path file;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.file = Files.writeString(directory.resolve("text"), TEXT);
		this.inline = engine(this::handle);
		this.workers = engine(TestEngine.blocking(this::handle));
	}

	private static TestEngine engine(ExchangeHandler handler) throws Exception {
		return new TestEngine(Transport.best(), handler, (builder) -> builder.compression(options())).start();
	}

	private static CompressionOptions options() {
		return new CompressionOptions(CompressionOptions.DEFAULT_CODINGS,
				new MediaTypes(List.of("text/plain", "application/json")), List.of(Pattern.compile("Old[1-3]")),
				MIN_SIZE, (request) -> request.target().path().startsWith("/secret"));
	}

	@AfterAll
	void stop() {
		// Each looks whether threads are left that were not there when it was started.
		this.workers.close();
		this.inline.close();
	}

	// What a request asks for stands in its header: X-Set-Name is set as Name.
	private void handle(Exchange exchange) throws IOException {
		this.last.set(exchange);
		HttpHeaders request = exchange.request().headers();
		exchange.response().headers().set("Content-Type", request.get("X-Type", "text/plain"));
		request.forEach((field) -> {
			if (field.getKey().regionMatches(true, 0, "X-Set-", 0, 6)) {
				exchange.response().headers().add(field.getKey().substring(6), field.getValue());
			}
		});
		exchange.response().status(request.getInt("X-Status", 200));
		int size = request.getInt("X-Size", MIN_SIZE);
		switch (exchange.request().target().path().replace("/secret", "")) {
			case "/whole" -> exchange.responseBody().write(text(exchange, 0, size), true);
			case "/declared" -> {
				exchange.response().headers().set("Content-Length", size);
				exchange.responseBody().write(text(exchange, 0, size / 2), false);
				exchange.responseBody().write(text(exchange, size / 2, size), false);
				exchange.responseBody().write(null, true);
			}
			case "/parts" -> {
				exchange.responseBody().write(null, false);
				exchange.responseBody().write(text(exchange, 0, size / 2), false);
				exchange.responseBody().writeAhead(text(exchange, size / 2, size));
				exchange.responseBody().write(null, true);
			}
			case "/trailers" -> {
				exchange.response().trailers(new DefaultHttpHeaders().set("X-Sum", "42"));
				exchange.responseBody().write(text(exchange, 0, size), true);
			}
			case "/file" -> exchange.responseBody().writeFile(FileChannel.open(this.file), 5, TEXT.length() - 5, true);
			case "/file-and-more" -> {
				exchange.responseBody().writeFile(FileChannel.open(this.file), 0, TEXT.length(), false);
				exchange.responseBody().write(text(exchange, 0, size), false);
				exchange.responseBody().write(null, true);
			}
			case "/short-file" ->
				exchange.responseBody().writeFile(FileChannel.open(this.file), 0, TEXT.length() + 5, true);
			case "/too-short" -> {
				exchange.response().headers().set("Content-Length", size);
				exchange.responseBody().write(text(exchange, 0, size - 1), false);
				exchange.responseBody().write(null, true);
			}
			case "/too-long" -> {
				exchange.response().headers().set("Content-Length", size - 1);
				exchange.responseBody().write(text(exchange, 0, size / 2), false);
				exchange.responseBody().write(text(exchange, size / 2, size), true);
			}
			case "/turns" -> {
				this.turns.set(0);
				countTurns(exchange);
				for (int at = 0; at < 400_000; at += 10_000) {
					exchange.responseBody().write(text(exchange, at, at + 10_000), at == 390_000);
				}
			}
			case "/two-threads" -> writeFromTwoThreads(exchange);
			case "/held" -> exchange.responseBody().write(text(exchange, 0, 10_000), false);
			case "/empty" -> exchange.responseBody().write(null, true);
			case "/events" -> new Thread(() -> sendEvents(exchange), "events").start();
			default -> throw new IllegalArgumentException(exchange.request().target().path());
		}
	}

	// The end waits for another turn, behind a part that is compressed already.
	private static void writeFromTwoThreads(Exchange exchange) {
		exchange.responseBody().write(text(exchange, 0, 64 * 1024), false);
		CompletableFuture
			.runAsync(() -> exchange.responseBody().write(text(exchange, 64 * 1024, 64 * 1024 + 100), false))
			.join();
		exchange.responseBody().write(null, true);
	}

	private void countTurns(Exchange exchange) {
		if (exchange.outcome() == null) {
			this.turns.incrementAndGet();
			exchange.stream().executor().schedule(() -> countTurns(exchange), 0, TimeUnit.NANOSECONDS);
		}
	}

	private static ByteBuf text(Exchange exchange, int start, int end) {
		return ByteBufUtil.writeUtf8(exchange.allocator(), TEXT.substring(start, end));
	}

	private void sendEvents(Exchange exchange) {
		for (int i = 0; i < 3; i++) {
			this.steps.acquireUninterruptibly();
			if (i == 1) {
				exchange.responseBody().writeAhead(text(exchange, 0, 5));
				assertThat(exchange.responseBody().isHolding()).isTrue();
				exchange.responseBody().write(null, false);
			}
			else {
				exchange.responseBody().write(text(exchange, 0, 5), false);
			}
			assertThat(exchange.responseBody().isHolding()).isFalse();
		}
		exchange.responseBody().write(null, true);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEFLATE")
	void aWholeResponseIsCompressedAtOnceAndHasALength(ContentCoding coding) throws Exception {
		for (TestEngine engine : engines()) {
			HttpResponse<byte[]> response = get(engine, "/whole", "X-Size", "20000", "Accept-Encoding", coding.token());
			assertThat(header(response, "Content-Encoding")).isEqualTo(coding.token());
			assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
			assertThat(header(response, "Content-Length")).isEqualTo("" + response.body().length);
			assertThat(response.body().length).isLessThan(10_000);
			assertThat(decode(coding, response.body())).isEqualTo(TEXT.substring(0, 20_000));
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEFLATE")
	void partsAndFilesAndLongBodiesComeWhole(ContentCoding coding) throws Exception {
		for (TestEngine engine : engines()) {
			assertThat(decoded(engine, coding, "/parts", 20_000)).isEqualTo(TEXT.substring(0, 20_000));
			assertThat(decoded(engine, coding, "/declared", 20_000)).isEqualTo(TEXT.substring(0, 20_000));
			assertThat(decoded(engine, coding, "/parts", 400_000)).isEqualTo(TEXT.substring(0, 400_000));
			assertThat(decoded(engine, coding, "/whole", 400_000)).isEqualTo(TEXT.substring(0, 400_000));
			assertThat(decoded(engine, coding, "/declared", 400_000)).isEqualTo(TEXT.substring(0, 400_000));
			assertThat(decoded(engine, coding, "/file", 0)).isEqualTo(TEXT.substring(5));
			assertThat(decoded(engine, coding, "/file-and-more", 9)).isEqualTo(TEXT + TEXT.substring(0, 9));
			assertThat(decoded(engine, coding, "/too-long", 3000)).isEqualTo(TEXT.substring(0, 2999));
		}
	}

	private String decoded(TestEngine engine, ContentCoding coding, String path, int size) throws Exception {
		HttpResponse<byte[]> response = get(engine, path, "X-Size", "" + size, "Accept-Encoding", coding.token());
		assertThat(header(response, "Content-Encoding")).isEqualTo(coding.token());
		return decode(coding, response.body());
	}

	@Test
	void whatIsFlushedComesAtOnce() throws Exception {
		for (TestEngine engine : engines()) {
			CompletableFuture<HttpResponse<InputStream>> coming = this.client
				.sendAsync(request(engine, "/events", "Accept-Encoding", "gzip").build(), BodyHandlers.ofInputStream());
			this.steps.release();
			try (InputStream events = new GZIPInputStream(coming.get(20, TimeUnit.SECONDS).body(), 1)) {
				assertThat(events.readNBytes(5)).asString().isEqualTo("line ");
				this.steps.release();
				assertThat(events.readNBytes(5)).asString().isEqualTo("line ");
				this.steps.release();
				assertThat(events.readAllBytes()).asString().isEqualTo("line ");
			}
		}
	}

	@Test
	void whatTheHeadSaysOfTheBytesIsMadeTrue() throws Exception {
		HttpResponse<byte[]> response = gzip("/declared", "X-Set-ETag", "\"tag\"", "X-Set-Accept-Ranges", "bytes",
				"X-Set-Vary", "Origin", "X-Size", "3000");
		assertThat(header(response, "ETag")).isEqualTo("W/\"tag\"");
		assertThat(header(response, "Accept-Ranges")).isNull();
		assertThat(response.headers().allValues("Vary")).containsExactly("Origin", "Accept-Encoding");
		assertThat(header(response, "Content-Length")).isNull();
		assertThat(header(gzip("/whole", "X-Set-ETag", "W/\"tag\""), "ETag")).isEqualTo("W/\"tag\"");
		assertThat(gzip("/whole", "X-Set-Vary", "Origin, accept-encoding").headers().allValues("Vary"))
			.containsExactly("Origin, accept-encoding");
		assertThat(gzip("/whole", "X-Set-Vary", "*").headers().allValues("Vary")).containsExactly("*");
	}

	@ParameterizedTest
	@CsvSource({ "Accept-Encoding,identity", "Accept-Encoding,deflate", "Accept-Encoding,gzip;q=0",
			"User-Agent,Mozilla (Old2; compatible)" })
	void whoGetsNothingCompressedIsToldThatOthersDo(String name, String value) throws Exception {
		String[] headers = name.equals("User-Agent") ? new String[] { name, value, "Accept-Encoding", "gzip" }
				: new String[] { name, value };
		HttpResponse<byte[]> response = get(this.inline, "/whole", headers);
		assertThat(header(response, "Content-Encoding")).isNull();
		assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
		assertThat(response.body()).asString().isEqualTo(TEXT.substring(0, MIN_SIZE));
	}

	@Test
	void anotherUserAgentIsNotExcluded() throws Exception {
		assertThat(header(gzip("/whole", "User-Agent", "Old4"), "Content-Encoding")).isEqualTo("gzip");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/whole        | X-Size                 | 999
			/declared     | X-Size                 | 999
			/whole        | X-Set-Content-Encoding | br
			/whole        | X-Set-Content-Encoding | identity
			/whole        | X-Type                 | image/png
			/whole        | X-Set-Cache-Control    | max-age=5, no-transform
			/whole        | X-Set-Content-Digest   | sha-256=:abcd:
			/whole        | X-Set-Content-Range    | bytes 0-999/5000
			/whole        | X-Status               | 206
			/secret/whole | X-Size                 | 5000
			""")
	void whatIsNotToBeCompressedIsLeftAsItIs(String path, String name, String value) throws Exception {
		HttpResponse<byte[]> response = gzip(path, name, value, "X-Set-ETag", "\"tag\"");
		assertThat(header(response, "ETag")).isEqualTo("\"tag\"");
		assertThat(header(response, "Vary")).isNull();
		assertThat(header(response, "Content-Encoding")).isIn(null, "br", "identity");
		assertThat(response.body()).asString().startsWith("line 0 of a text\n");
	}

	@Test
	void errorsAreCompressedLikeAllOthers() throws Exception {
		HttpResponse<byte[]> response = gzip("/whole", "X-Status", "404");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(decode(ContentCoding.GZIP, response.body())).isEqualTo(TEXT.substring(0, MIN_SIZE));
	}

	@Test
	void whoRefusesWhatIsNotCodedGetsSmallThingsCodedToo() throws Exception {
		HttpResponse<byte[]> response = get(this.inline, "/whole", "X-Size", "10", "Accept-Encoding",
				"gzip, identity;q=0");
		assertThat(decode(ContentCoding.GZIP, response.body())).isEqualTo(TEXT.substring(0, 10));
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 205, 304 })
	void whatHasNoBodyIsLeftAsItIs(int status) throws Exception {
		for (TestEngine engine : engines()) {
			HttpResponse<byte[]> response = get(engine, "/empty", "X-Status", "" + status, "X-Set-ETag", "\"tag\"",
					"Accept-Encoding", "gzip");
			assertThat(response.statusCode()).isEqualTo(status);
			assertThat(header(response, "ETag")).isEqualTo("\"tag\"");
			assertThat(header(response, "Content-Encoding")).isNull();
			assertThat(header(response, "Vary")).isNull();
			assertThat(response.body()).isEmpty();
		}
		assertThat(header(gzip("/empty"), "Content-Length")).isEqualTo("0");
	}

	@Test
	void notModifiedHasTheTagThatTheClientWasGiven() throws Exception {
		HttpResponse<byte[]> weak = gzip("/empty", "X-Status", "304", "X-Set-ETag", "\"a,b\"", "If-None-Match",
				"\"x\", W/\"a,b\"");
		assertThat(header(weak, "ETag")).isEqualTo("W/\"a,b\"");
		assertThat(header(weak, "Vary")).isEqualTo("Accept-Encoding");
	}

	@Test
	void notModifiedOfATagThatIsWeakAnywaySaysWhatItStandsOn() throws Exception {
		String[] headers = { "X-Status", "304", "X-Set-ETag", "W/\"tag\"", "If-None-Match", "W/\"tag\"" };
		HttpResponse<byte[]> response = gzip("/empty", headers);
		assertThat(header(response, "ETag")).isEqualTo("W/\"tag\"");
		assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
		assertThat(header(gzip("/secret/empty", headers), "Vary")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/whole", "/declared", "/parts" })
	void headSaysWhatGetWouldSay(String path) throws Exception {
		for (TestEngine engine : engines()) {
			HttpRequest head = request(engine, path, "Accept-Encoding", "gzip", "X-Set-ETag", "\"tag\"")
				.method("HEAD", HttpRequest.BodyPublishers.noBody())
				.build();
			HttpResponse<byte[]> response = this.client.send(head, BodyHandlers.ofByteArray());
			assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
			assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
			assertThat(header(response, "ETag")).isEqualTo("W/\"tag\"");
			assertThat(header(response, "Content-Length")).isNull();
			assertThat(response.body()).isEmpty();
		}
	}

	@Test
	void headWithoutAWordOnTheBodySaysOnlyWhatIsSure() throws Exception {
		HttpRequest head = request(this.inline, "/empty", "Accept-Encoding", "gzip", "X-Set-ETag", "\"tag\"")
			.method("HEAD", HttpRequest.BodyPublishers.noBody())
			.build();
		HttpResponse<byte[]> response = this.client.send(head, BodyHandlers.ofByteArray());
		assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
		assertThat(header(response, "Content-Encoding")).isNull();
		assertThat(header(response, "ETag")).isEqualTo("\"tag\"");
	}

	@Test
	void trailersComeBehindTheCompressedBody() throws Exception {
		try (RawClient raw = this.inline.connect()) {
			raw.send("GET /trailers HTTP/1.1\r\nHost: localhost\r\nX-Size: 5000\r\nAccept-Encoding: gzip\r\n\r\n");
			RawClient.Response response = raw.receive();
			assertThat(response.headers()).containsEntry("content-encoding", "gzip")
				.containsEntry("trailer-x-sum", "42");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/too-short", "/short-file" })
	void aBodyThatIsNotWholeIsSeenNotToBe(String path) throws Exception {
		for (TestEngine engine : engines()) {
			assertThatIOException().isThrownBy(() -> get(engine, path, "X-Size", "5000", "Accept-Encoding", "gzip"));
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEFLATE")
	void whoGoesAwayInTheMiddleLeavesNothingBehind(ContentCoding coding) throws Exception {
		for (TestEngine engine : engines()) {
			for (String path : List.of("/file", "/whole", "/parts", "/held")) {
				try (RawClient raw = engine.connect()) {
					raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Size: 500000\r\nAccept-Encoding: "
							+ coding.token() + "\r\n\r\n");
					raw.receiveHead();
					raw.socket().setSoLinger(true, 0);
				}
				Awaitility.await().until(() -> this.last.get().outcome() != null);
				Awaitility.await()
					.untilAsserted(() -> assertThat(HeldCodecs.byEncoders(this.last.get())).as(path).isZero());
			}
		}
	}

	@Test
	void anEventLoopHasOtherTurnsWhileItCompresses() throws Exception {
		assertThat(decoded(this.inline, ContentCoding.GZIP, "/turns", 0)).isEqualTo(TEXT.substring(0, 400_000));
		assertThat(this.turns.get()).isGreaterThanOrEqualTo(6);
	}

	@Test
	void anEndThatWaitsIsNotTakenForThatOfWhatIsCompressedAlready() throws Exception {
		assertThat(decoded(this.inline, ContentCoding.GZIP, "/two-threads", 0))
			.isEqualTo(TEXT.substring(0, 64 * 1024 + 100));
	}

	@Test
	void requestsBehindALongResponseAreServedMeanwhile() throws Exception {
		try (RawClient slow = this.inline.connect()) {
			slow.send("GET /file HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
			assertThat(get(this.inline, "/fast").body()).asString().isEqualTo("fast");
			assertThat(slow.receive().headers()).containsEntry("content-encoding", "gzip");
			assertThat(slow.get("/fast").receive().body()).isEqualTo("fast");
		}
	}

	@Test
	void whereEncodersHoldTooMuchAResponseIsSentAsItIs() throws Exception {
		CompressionOptions options = options();
		long one = new CodingLevel(ContentCoding.GZIP, 4).memory();
		CompressionOptions tight = new CompressionOptions(options.codings(), options.types(), options.excludedAgents(),
				options.minSize(), options.excluded(), one);
		try (TestEngine engine = new TestEngine(Transport.best(), TestEngine.blocking(this::handle),
				(builder) -> builder.compression(tight))
			.start()) {
			try (RawClient slow = engine.connect()) {
				slow.send("GET /held HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
				slow.receiveHead();
				assertThat(HeldCodecs.byEncoders(this.last.get())).isEqualTo(one);
				HttpResponse<byte[]> plain = get(engine, "/parts", "X-Size", "5000", "Accept-Encoding", "gzip");
				assertThat(header(plain, "Content-Encoding")).isNull();
				assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");
				assertThat(plain.body()).asString().isEqualTo(TEXT.substring(0, 5000));
				// One write holds an encoder for no longer than it takes.
				assertThat(decoded(engine, ContentCoding.GZIP, "/whole", 5000)).isEqualTo(TEXT.substring(0, 5000));
			}
			Awaitility.await().until(() -> HeldCodecs.byEncoders(this.last.get()) == 0);
			assertThat(decoded(engine, ContentCoding.GZIP, "/parts", 5000)).isEqualTo(TEXT.substring(0, 5000));
		}
	}

	private List<TestEngine> engines() {
		return List.of(this.inline, this.workers);
	}

	private HttpResponse<byte[]> gzip(String path, String... headers) throws Exception {
		HttpRequest.Builder request = request(this.workers, path, "Accept-Encoding", "gzip");
		return this.client.send(((headers.length > 0) ? request.headers(headers) : request).build(),
				BodyHandlers.ofByteArray());
	}

	private HttpResponse<byte[]> get(TestEngine engine, String path, String... headers) throws Exception {
		BodyHandler<byte[]> bytes = BodyHandlers.ofByteArray();
		return this.client.send(request(engine, path, headers).build(), bytes);
	}

	private static HttpRequest.Builder request(TestEngine engine, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + engine.port() + path));
		return (headers.length > 0) ? request.headers(headers) : request;
	}

	private static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse(null);
	}

	private static String decode(ContentCoding coding, byte[] coded) throws IOException {
		InputStream in = new ByteArrayInputStream(coded);
		try (InputStream text = switch (coding) {
			case GZIP, DEFLATE -> new GZIPInputStream(in);
			case BROTLI -> new BrotliInputStream(in);
			case ZSTD -> new ZstdInputStream(in);
		}) {
			return new String(text.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
