package io.millrace.core;

import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RequestBody;
import io.millrace.core.http3.Http3Client;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * HTTP/3 over UDP sockets, as Netty's own client speaks it.
 */
@Timeout(120)
class Http3Tests {

	static final X509Bundle CERTIFICATE = certificate();

	@BeforeAll
	static void quicIsThere() {
		boolean must = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
		assumeTrue(must || Quic.isAvailable());
	}

	private static X509Bundle certificate() {
		try {
			return new CertificateBuilder().ecp256()
				.subject("CN=localhost")
				.addSanDnsName("localhost")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static UnaryOperator<EngineConfig.Builder> http3(UnaryOperator<EngineConfig.Builder> more) {
		return (builder) -> {
			try {
				TlsSettings settings = new TlsSettings(CERTIFICATE.toKeyManagerFactory(), null, ClientCertificate.NONE,
						"TLS", null, null);
				return more.apply(
						builder.tls(TlsOptions.of(new TlsContexts(settings, Map.of()))).http3(Http3Options.defaults()));
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		};
	}

	static Http3Client connect(TestEngine engine) throws Exception {
		return new Http3Client(TestEngine.loopback(engine.port()), trusting());
	}

	static UnaryOperator<QuicSslContextBuilder> trusting() {
		return (tls) -> tls.trustManager(CERTIFICATE.getCertificate());
	}

	private static TestEngine start(ExchangeHandler handler) throws Exception {
		return new TestEngine(Transport.best(), handler, http3(UnaryOperator.identity())).start();
	}

	@ParameterizedTest
	@MethodSource("io.millrace.core.TestEngine#available")
	void aRequestIsAnsweredOnEveryTransport(Transport transport) throws Exception {
		ExchangeHandler handler = TestEngine.blocking((exchange) -> TestEngine.text(exchange,
				exchange.request().version().text() + " " + exchange.request().target().pathAndQuery() + " "
						+ exchange.request().headers().get("Host") + " " + exchange.request().headers().get("x-a") + " "
						+ exchange.connection().sslSession().getProtocol()));
		try (TestEngine engine = new TestEngine(transport, handler, http3(UnaryOperator.identity())).start();
				Http3Client client = connect(engine)) {
			Http3Client.Response response = client.get("/x?y=z", "x-a", "b");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("HTTP/3.0 /x?y=z localhost b TLSv1.3");
			assertThat(response.header("content-type")).isEqualTo("text/plain");
			assertThat(response.header("content-length")).isEqualTo(Integer.toString(response.body().length()));
			assertThat(response.header("date")).isNotNull();
			assertThat(client.get("/fast").body()).isEqualTo("fast");
		}
	}

	@Test
	void aLargeBodyComesWholeAndGoesWhole() throws Exception {
		byte[] sent = new byte[5_000_000];
		for (int i = 0; i < sent.length; i++) {
			sent[i] = (byte) ('a' + i % 23);
		}
		try (TestEngine engine = start(new Echo()); Http3Client client = connect(engine)) {
			Http3Client.Response response = client.send("POST", "/", sent).get(60, TimeUnit.SECONDS);
			assertThat(response.body()).isEqualTo(new String(sent, StandardCharsets.US_ASCII));
			response = client
				.send("POST", "/", sent, "content-length", Integer.toString(sent.length), "expect", "100-continue")
				.get(60, TimeUnit.SECONDS);
			assertThat(response.body()).hasSize(sent.length);
		}
	}

	@Test
	void manyStreamsAreAnsweredAtOnce() throws Exception {
		TestEngine.Gate gate = new TestEngine.Gate(20);
		try (TestEngine engine = start(TestEngine.slow("/slow", gate)); Http3Client client = connect(engine)) {
			List<CompletableFuture<Http3Client.Response>> slow = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				slow.add(client.send("GET", "/slow", null));
			}
			gate.awaitEntered();
			assertThat(client.get("/other").status()).isEqualTo(200);
			assertThat(engine.engine().connections(10, true)).singleElement().satisfies((connection) -> {
				assertThat(connection.protocol()).isEqualTo("HTTP/3");
				assertThat(connection.state()).isEqualTo("handling");
				assertThat(connection.requests()).isEqualTo(21);
				assertThat(connection.path()).isEqualTo("/slow");
			});
			assertThat(engine.engine().snapshot().connections().byProtocol().get("http3"))
				.isEqualTo(new EngineSnapshot.Protocol(1, 0));
			gate.open();
			for (CompletableFuture<Http3Client.Response> response : slow) {
				assertThat(response.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			}
			for (int i = 0; i < 300; i++) {
				assertThat(client.get("/other").status()).isEqualTo(200);
			}
			assertThat(engine.engine().snapshot().requests().completed()).isEqualTo(321);
			Awaitility.await()
				.untilAsserted(() -> assertThat(engine.engine().snapshot().connections().byProtocol().get("http3"))
					.isEqualTo(new EngineSnapshot.Protocol(1, 1)));
		}
	}

	@Test
	void trailersGoBothWays() throws Exception {
		ExchangeHandler handler = (exchange) -> drain(exchange, () -> {
			exchange.response()
				.trailers(new DefaultHttpHeaders().set("x-sum", exchange.requestBody().trailers().get("x-check")));
			exchange.responseBody().write(Unpooled.copiedBuffer("body", StandardCharsets.US_ASCII), true);
		});
		try (TestEngine engine = start(handler); Http3Client client = connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.head("POST", "/", false);
			stream.content("abc".getBytes(StandardCharsets.US_ASCII), false);
			stream.trailers("x-check", "42");
			Http3Client.Response response = stream.response().get(30, TimeUnit.SECONDS);
			assertThat(response.body()).isEqualTo("body");
			assertThat(response.trailers()).isNotNull();
			assertThat(response.trailers().get("x-sum")).hasToString("42");
		}
	}

	@Test
	void trailersMayFollowTheHeadAtOnce() throws Exception {
		ExchangeHandler handler = (exchange) -> drain(exchange, () -> {
			String answer = exchange.request().method() + " " + exchange.requestBody().trailers().get("x-check");
			exchange.responseBody().write(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII), true);
		});
		try (TestEngine engine = start(handler); Http3Client client = connect(engine)) {
			Http3Client.Stream stream = client.open();
			// In one read, which the client's codec would not do.
			String head = "\0\0\u00d4\u00d7\u00c1\u0050\tlocalhost";
			String trailers = "\0\0\u0027\0x-check\u000242";
			String frames = "\u0001" + (char) head.length() + head + "\u0001" + (char) trailers.length() + trailers;
			stream.rawAndEnd(frames.getBytes(StandardCharsets.ISO_8859_1));
			Http3Client.Response response = stream.response().get(30, TimeUnit.SECONDS);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("POST 42");
		}
	}

	@Test
	void aFileIsSent(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("file");
		byte[] line = "0123456789abcdef\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
		try (OutputStream out = Files.newOutputStream(file)) {
			for (int i = 0; i < 100; i++) {
				out.write(line);
			}
		}
		long size = Files.size(file);
		ExchangeHandler handler = TestEngine.blocking((exchange) -> {
			FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
			exchange.response().headers().set("Content-Length", Long.toString(size - 10));
			exchange.responseBody().writeFile(channel, 10, size - 10, true);
		});
		try (TestEngine engine = start(handler); Http3Client client = connect(engine)) {
			assertThat(client.get("/").body()).isEqualTo(Files.readString(file).substring(10));
			Http3Client.Response head = client.send("HEAD", "/", null).get(30, TimeUnit.SECONDS);
			assertThat(head.body()).isEmpty();
			assertThat(head.header("content-length")).isEqualTo(Long.toString(size - 10));
		}
	}

	@Test
	void aClientThatDoesNotReadHoldsUpTheResponse() throws Exception {
		AtomicLong written = new AtomicLong();
		ExchangeHandler handler = (exchange) -> new Endless(exchange, written, 20_000_000).write();
		try (TestEngine engine = start(handler); Http3Client client = connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.paused(true);
			stream.head("GET", "/", true);
			AtomicLong before = new AtomicLong(-1);
			Awaitility.await()
				.pollInterval(Duration.ofMillis(300))
				.atMost(Duration.ofSeconds(60))
				.until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
			assertThat(written).hasValueLessThan(2_000_000);
			stream.paused(false);
			assertThat(stream.response().get(60, TimeUnit.SECONDS).body()).hasSize(20_000_000);
		}
	}

	@Test
	void anApplicationThatDoesNotReadHoldsUpTheRequest() throws Exception {
		AtomicReference<Exchange> held = new AtomicReference<>();
		try (TestEngine engine = start(held::set); Http3Client client = connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.head("POST", "/", false);
			AtomicInteger taken = new AtomicInteger();
			for (int i = 0; i < 100; i++) {
				stream.content(new byte[100_000], i == 99).addListener((done) -> taken.incrementAndGet());
			}
			AtomicInteger before = new AtomicInteger(-1);
			Awaitility.await()
				.pollInterval(Duration.ofMillis(300))
				.atMost(Duration.ofSeconds(60))
				.until(() -> held.get() != null && taken.get() > 0 && before.getAndSet(taken.get()) == taken.get());
			assertThat(taken).hasValueLessThan(20);
			Exchange exchange = held.get();
			exchange.resume(() -> drain(exchange,
					() -> exchange.responseBody()
						.write(Unpooled.copiedBuffer(exchange.requestBody().received() + "", StandardCharsets.US_ASCII),
								true)));
			assertThat(stream.response().get(60, TimeUnit.SECONDS).body()).isEqualTo("10000000");
		}
	}

	// Read the whole body, and then do something.
	static void drain(Exchange exchange, Runnable then) {
		RequestBody body = exchange.requestBody();
		try {
			ByteBuf part;
			while ((part = body.read()) != null) {
				part.release();
			}
		}
		catch (java.io.IOException ex) {
			exchange.fail(ex);
			return;
		}
		if (body.isEnded()) {
			then.run();
		}
		else {
			body.demand(() -> drain(exchange, then));
		}
	}

	/** Sends back what it gets, while it gets it. */
	static final class Echo implements ExchangeHandler {

		@Override
		public void handle(Exchange exchange) {
			RequestBody body = exchange.requestBody();
			try {
				ByteBuf part;
				while (exchange.responseBody().isWritable() && (part = body.read()) != null) {
					exchange.responseBody().write(part, false);
				}
			}
			catch (java.io.IOException ex) {
				exchange.fail(ex);
				return;
			}
			if (body.isEnded()) {
				exchange.responseBody().write(null, true);
			}
			else if (!exchange.responseBody().isWritable()) {
				exchange.responseBody().onWritable(() -> handle(exchange));
			}
			else {
				body.demand(() -> handle(exchange));
			}
		}

	}

	/** Writes as long as the client takes it. */
	record Endless(Exchange exchange, AtomicLong written, long end) {

		void write() {
			while (this.written.get() < this.end) {
				if (!this.exchange.responseBody().isWritable()) {
					this.exchange.responseBody().onWritable(this::write);
					return;
				}
				if (this.exchange.outcome() != null) {
					return;
				}
				this.written.addAndGet(10_000);
				this.exchange.responseBody().write(Unpooled.wrappedBuffer(new byte[10_000]), false);
			}
			this.exchange.responseBody().write(null, true);
		}

	}

}
