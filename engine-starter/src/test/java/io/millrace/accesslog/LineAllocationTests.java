package io.millrace.accesslog;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much is allocated for a line where the request has ended.
 */
@Tag("own-jvm")
class LineAllocationTests {

	private static final int ROUNDS = 30;

	private static final int LINES = 10_000;

	// The bytes of an IPv4 address, which the JDK copies: once for each that is written.
	private static final int ADDRESSES = 2 * 24;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	static List<LineFormat> formats() {
		Masks masks = new Masks(QueryMask.of(Set.of("*")), Set.of("Cookie"), true);
		return List.of(LineFormat.combined(Masks.none()), LineFormat.combined(masks),
				LineFormat.json(Masks.none(), List.of("Host"), List.of()),
				LineFormat.pattern("%t %{HH:mm:ss}t %r %U%q %D %{fracsec}T %{wait}M %X", masks));
	}

	@ParameterizedTest
	@MethodSource("formats")
	void aLineTakesNothingThatIsNotUsedAgain(LineFormat format) {
		AccessLog log = new AccessLog(format, LineFilter.ALL, (bytes, length) -> {
		}, 1 << 16);
		FakeExchange exchange = new FakeExchange().header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
			.header("Referer", "https://example.com/?a=b")
			.header("Host", "example.com");
		long least = Long.MAX_VALUE;
		for (int i = 0; i < ROUNDS && least > ADDRESSES; i++) {
			long before = this.threads.getCurrentThreadAllocatedBytes();
			for (int j = 0; j < LINES; j++) {
				log.exchangeEnded(exchange, true);
				// Lines come back from the writer, which gathers them for a while.
				while (log.written() + log.dropped() + 1000 < (long) i * LINES + j) {
					Thread.onSpinWait();
				}
			}
			least = Math.min(least, (this.threads.getCurrentThreadAllocatedBytes() - before) / LINES);
		}
		log.close();
		assertThat(least).isLessThanOrEqualTo(ADDRESSES);
	}

}
