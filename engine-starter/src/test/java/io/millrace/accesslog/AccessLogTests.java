package io.millrace.accesslog;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@ExtendWith(OutputCaptureExtension.class)
class AccessLogTests {

	private static final LineFormat FORMAT = LineFormat.pattern("%U %s", Masks.none());

	private final List<String> lines = new ArrayList<>();

	private AccessLog log(LineFilter filter) {
		return new AccessLog(FORMAT, filter,
				(bytes, length) -> this.lines
					.addAll(new String(bytes, 0, length, StandardCharsets.UTF_8).lines().toList()),
				AccessLog.DEFAULT_CAPACITY);
	}

	private static FakeExchange slow(String target) {
		FakeExchange exchange = new FakeExchange().target(target);
		exchange.waitNanos = 400_000_000;
		exchange.serviceNanos = 100_000_000;
		return exchange;
	}

	private static FakeExchange quick(String target) {
		FakeExchange exchange = slow(target);
		exchange.waitNanos--;
		return exchange;
	}

	@Test
	void everyExchangeHasALine() {
		AccessLog log = log(LineFilter.ALL);
		assertThat(log.wantsExchanges()).isTrue();
		for (int i = 0; i < 1000; i++) {
			log.exchangeEnded(new FakeExchange().target("/" + i), true);
		}
		log.exchangeEnded(FakeExchange.noRequest(), true);
		log.exchangeEnded(new FakeExchange().status(0), false);
		log.close();
		assertThat(this.lines).hasSize(1002).startsWith("/0 200", "/1 200").endsWith("- 400", "/hello -");
		assertThat(log.written()).isEqualTo(1002);
		assertThat(log.dropped()).isZero();
		log.exchangeEnded(new FakeExchange(), true);
		assertThat(log.dropped()).isEqualTo(1);
	}

	@Test
	void pathsCanBeLeftOut() {
		AccessLog log = log(new LineFilter("/health"::equals, 0, Duration.ZERO));
		log.exchangeEnded(new FakeExchange().target("/health?a"), true);
		log.exchangeEnded(new FakeExchange().target("http://host/health"), true);
		log.exchangeEnded(new FakeExchange().target("/health/a"), true);
		log.exchangeEnded(FakeExchange.noRequest(), true);
		log.close();
		assertThat(this.lines).containsExactly("/health/a 200", "- 400");
	}

	@Test
	void whatWentWellCanBeLeftOut() {
		AccessLog log = log(new LineFilter(null, 400, Duration.ZERO));
		log.exchangeEnded(slow("/").status(200), true);
		log.exchangeEnded(new FakeExchange().status(399), true);
		log.exchangeEnded(new FakeExchange().status(400), true);
		log.exchangeEnded(new FakeExchange().status(0), false);
		log.close();
		assertThat(this.lines).containsExactly("/hello 400", "/hello -");
	}

	@Test
	void whatWasQuickCanBeLeftOut() {
		AccessLog log = log(new LineFilter(null, 0, Duration.ofMillis(500)));
		log.exchangeEnded(slow("/slow"), true);
		log.exchangeEnded(quick("/quick").status(500), true);
		log.close();
		assertThat(this.lines).containsExactly("/slow 200");
	}

	@Test
	void whatIsEitherBadOrSlowCanBeAskedFor() {
		AccessLog log = log(new LineFilter("/no"::equals, 500, Duration.ofMillis(500)));
		log.exchangeEnded(slow("/slow"), true);
		log.exchangeEnded(slow("/no"), true);
		log.exchangeEnded(quick("/bad").status(500), true);
		log.exchangeEnded(quick("/well").status(404), true);
		log.close();
		assertThat(this.lines).containsExactly("/slow 200", "/bad 500");
	}

	@Test
	void theStandardOutputGetsLines(CapturedOutput output) {
		AccessLog log = new AccessLog(FORMAT, LineFilter.ALL, new StdoutSink(), 16);
		log.exchangeEnded(new FakeExchange().target("/to/stdout"), true);
		log.exchangeEnded(new FakeExchange().target("/to/stdout"), true);
		log.close();
		assertThat(output.getOut()).contains("/to/stdout 200\n/to/stdout 200\n");
	}

	@Test
	void aStandardOutputThatFailedOnceGetsTheNextLines() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		PrintStream before = System.out;
		System.setOut(new PrintStream(new FilterOutputStream(bytes) {

			private boolean failed;

			@Override
			public void write(byte[] lines, int from, int length) throws IOException {
				if (!this.failed) {
					this.failed = true;
					throw new IOException("No space left on device");
				}
				bytes.write(lines, from, length);
			}

		}, true));
		try {
			StdoutSink sink = new StdoutSink();
			assertThatIOException().isThrownBy(() -> sink.write(new byte[] { 'a', '\n' }, 2));
			sink.write(new byte[] { 'b', '\n' }, 2);
			sink.write(new byte[] { 'c', '\n' }, 2);
		}
		finally {
			System.setOut(before);
		}
		assertThat(bytes).hasToString("b\nc\n");
	}

	@Test
	void theLoggingSystemGetsLines(CapturedOutput output) {
		AccessLog log = new AccessLog(FORMAT, LineFilter.ALL, new LoggerSink("some.logger"), 16);
		log.exchangeEnded(new FakeExchange().target("/{}/one"), true);
		log.exchangeEnded(new FakeExchange().target("/two"), true);
		log.close();
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("some.logger"))
			.satisfiesExactly((line) -> assertThat(line).contains("INFO").endsWith("/{}/one 200"),
					(line) -> assertThat(line).endsWith("/two 200"));
	}

}
