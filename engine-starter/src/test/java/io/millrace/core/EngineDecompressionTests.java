package io.millrace.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.millrace.core.http.DecompressionOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.HeldCodecs;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Request bodies that are decompressed, and those that had better not be: threats of
 * decompression.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class EngineDecompressionTests implements EngineObserver {

	private static final int MAX_SIZE = 2_000_000;

	private static final byte[] TEXT = text();

	private final List<String> errors = new java.util.concurrent.CopyOnWriteArrayList<>();

	private final AtomicReference<Exchange> last = new AtomicReference<>();

	private final AtomicLong seen = new AtomicLong();

	private TestEngine engine;

	private static byte[] text() {
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		for (int i = 0; i < 60_000; i++) {
			text.writeBytes(Integer.toString(i, 36).getBytes(StandardCharsets.US_ASCII));
		}
		return text.toByteArray();
	}

	@BeforeAll
	void start() throws Exception {
		this.engine = new TestEngine(Transport.best(), this::handle,
				(builder) -> builder.decompression(new DecompressionOptions(MAX_SIZE, 100)).observer(this))
			.start();
	}

	@AfterAll
	void stop() {
		this.engine.close();
	}

	@BeforeEach
	void forget() {
		this.errors.clear();
		this.seen.set(0);
	}

	@Override
	public void protocolError(String kind) {
		this.errors.add(kind);
	}

	// Answers with what it has read, and what it was told of that.
	private void handle(Exchange exchange) {
		this.last.set(exchange);
		if (exchange.request().headers().contains("X-Count")) {
			// When all of it is here.
			exchange.stream()
				.executor()
				.schedule(() -> countReads(exchange, exchange.request().headers().getInt("X-Count")), 0,
						TimeUnit.NANOSECONDS);
			return;
		}
		read(exchange, new ByteArrayOutputStream());
	}

	// Answers with whether it was told the end together with the last bytes.
	private static void countReads(Exchange exchange, int left) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				left -= part.readableBytes();
				part.release();
				if (left == 0) {
					TestEngine.text(exchange, "ended: " + exchange.requestBody().isEnded());
					return;
				}
			}
		}
		catch (IOException ex) {
			return;
		}
		int more = left;
		exchange.requestBody().demand(() -> countReads(exchange, more));
	}

	private void read(Exchange exchange, ByteArrayOutputStream whole) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				this.seen.addAndGet(part.readableBytes());
				byte[] bytes = new byte[part.readableBytes()];
				part.readBytes(bytes);
				part.release();
				whole.writeBytes(bytes);
			}
		}
		catch (IOException ex) {
			// The engine answers.
			return;
		}
		if (!exchange.requestBody().isEnded()) {
			exchange.requestBody().demand(() -> read(exchange, whole));
			return;
		}
		HttpHeaders request = exchange.request().headers();
		TestEngine.text(exchange,
				whole.size() + " " + Arrays.hashCode(whole.toByteArray()) + " " + request.get("Content-Encoding") + " "
						+ request.get("Content-Length") + " " + request.get("X-Other") + " "
						+ exchange.requestBody().trailers().get("X-Sum"));
	}

	private static String answer(byte[] body) {
		return body.length + " " + Arrays.hashCode(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "x-gzip", "GZIP", "deflate", "br", "zstd" })
	void aBodyIsDecompressed(String coding) throws Exception {
		try (RawClient client = this.engine.connect()) {
			byte[] coded = code(coding, TEXT);
			send(client, coding, coded);
			assertThat(client.receive().body()).isEqualTo(answer(TEXT) + " null null else null");
			// The connection goes on, and a body in chunks is the same.
			client.send(head(coding) + "Transfer-Encoding: chunked\r\n\r\n");
			for (int at = 0; at < coded.length; at += 1000) {
				int size = Math.min(1000, coded.length - at);
				client.send(Integer.toHexString(size) + "\r\n");
				client.send(Arrays.copyOfRange(coded, at, at + size));
				client.send("\r\n");
			}
			client.send("0\r\nX-Sum: 42\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo(answer(TEXT) + " null null else 42");
			assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
		}
		assertThat(this.errors).isEmpty();
	}

	@Test
	void whatHasNoCodingIsLeftAsItIs() throws Exception {
		try (RawClient client = this.engine.connect()) {
			send(client, "identity", "text".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.receive().body())
				.isEqualTo(answer("text".getBytes(StandardCharsets.US_ASCII)) + " identity 4 else null");
			send(client, "gzip", new byte[0]);
			assertThat(client.receive().body()).isEqualTo("0 1 gzip 0 else null");
			client.send(head("gzip") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("0 1 null null else null");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "compress", "gzip, gzip", "gzip\r\nContent-Encoding: gzip", "identity, gzip" })
	void anUnknownOrNestedCodingIsRefused(String coding) throws Exception {
		try (RawClient client = this.engine.connect()) {
			send(client, coding, code("gzip", code("gzip", TEXT)));
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(415);
			assertThat(response.headers()).containsEntry("accept-encoding", "gzip, br, zstd, deflate");
			assertThat(this.seen).hasValue(0);
		}
		assertThat(this.errors).containsExactly("unsupported");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "deflate", "br", "zstd" })
	void aBombIsRefusedBeforeItIsInflated(String coding) throws Exception {
		byte[] bomb = code(coding, new byte[50_000_000]);
		try (RawClient client = this.engine.connect()) {
			send(client, coding, bomb);
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(413);
			assertThat(response.body()).contains("too large when it is decompressed");
		}
		assertThat(this.seen.get()).isLessThanOrEqualTo(MAX_SIZE);
		assertThat(this.errors).containsExactly("limit");
	}

	@Test
	void aBodyThatIsTooLargeForAnyRatioIsRefused() throws Exception {
		byte[] large = new byte[MAX_SIZE + 1];
		new java.util.Random(1).nextBytes(large);
		byte[] coded = code("gzip", large);
		try (RawClient client = this.engine.connect()) {
			client.send(head("gzip") + "Content-Length: " + coded.length + "\r\n\r\n");
			client.send(coded);
			assertThat(client.receive().status()).isEqualTo(413);
		}
		assertThat(this.errors).containsExactly("limit");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "deflate", "br", "zstd" })
	void aBodyThatIsCutOffOrBrokenIsRefused(String coding) throws Exception {
		byte[] coded = code(coding, TEXT);
		byte[] broken = new byte[5000];
		Arrays.fill(broken, (byte) 0xff);
		for (byte[] bad : List.of(Arrays.copyOf(coded, coded.length - 1), Arrays.copyOf(coded, 3), broken,
				Arrays.copyOf(coded, coded.length + 30))) {
			try (RawClient client = this.engine.connect()) {
				send(client, coding, bad);
				assertThat(client.receive().status()).isEqualTo(400);
			}
		}
		assertThat(this.errors).containsExactly("syntax", "syntax", "syntax", "syntax");
	}

	@Test
	void smallThingsMayGrowByAnyRatio() throws Exception {
		byte[] zeros = new byte[(int) DecompressionOptions.FREE_SIZE];
		try (RawClient client = this.engine.connect()) {
			send(client, "gzip", code("gzip", zeros));
			assertThat(client.receive().body()).startsWith(answer(zeros));
		}
	}

	// Also where the last piece is just full.
	@ParameterizedTest
	@ValueSource(strings = { "gzip", "deflate", "br", "zstd" })
	void withTheLastBytesTheBodyHasEnded(String coding) throws Exception {
		try (RawClient client = this.engine.connect()) {
			for (int size : new int[] { 10, 16 * 1024, 5 * 16 * 1024, 20_000 }) {
				byte[] coded = code(coding, Arrays.copyOf(TEXT, size));
				ByteArrayOutputStream request = new ByteArrayOutputStream();
				request
					.writeBytes((head(coding) + "X-Count: " + size + "\r\nContent-Length: " + coded.length + "\r\n\r\n")
						.getBytes(StandardCharsets.US_ASCII));
				request.writeBytes(coded);
				client.send(request.toByteArray());
				assertThat(client.receive().body()).isEqualTo("ended: true");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "deflate", "br", "zstd" })
	void whoGoesAwayInTheMiddleLeavesNothingBehind(String coding) throws Exception {
		byte[] coded = code(coding, TEXT);
		try (RawClient client = this.engine.connect()) {
			client.send(head(coding) + "Content-Length: " + coded.length + "\r\n\r\n");
			client.send(Arrays.copyOf(coded, coded.length - 20));
			Awaitility.await().until(() -> this.seen.get() > 0);
			assertThat(HeldCodecs.byDecoders(this.last.get())).isOne();
		}
		Awaitility.await().until(() -> this.engine.engine().snapshot().connections().open() == 0);
		Awaitility.await().untilAsserted(() -> assertThat(HeldCodecs.byDecoders(this.last.get())).isZero());
	}

	private void send(RawClient client, String coding, byte[] body) throws IOException {
		client.send(head(coding) + "Content-Length: " + body.length + "\r\n\r\n");
		client.send(body);
	}

	private static String head(String coding) {
		return "POST /read HTTP/1.1\r\nHost: localhost\r\nX-Other: else\r\nContent-Encoding: " + coding + "\r\n";
	}

	private static byte[] code(String coding, byte[] text) throws IOException {
		Brotli4jLoader.ensureAvailability();
		ByteArrayOutputStream coded = new ByteArrayOutputStream();
		try (OutputStream out = switch (coding) {
			case "deflate" -> new DeflaterOutputStream(coded);
			case "br" -> new BrotliOutputStream(coded);
			case "zstd" -> new ZstdOutputStream(coded);
			default -> new GZIPOutputStream(coded);
		}) {
			out.write(text);
		}
		return coded.toByteArray();
	}

}
