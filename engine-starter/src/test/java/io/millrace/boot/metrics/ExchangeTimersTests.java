package io.millrace.boot.metrics;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests of {@link ExchangeTimers}.
 */
class ExchangeTimersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final ExchangeTimers timers = new ExchangeTimers(true);

	private static @Nullable Timer find(MeterRegistry registry, MillraceMeters meter, String mode, String priority) {
		return registry.find(meter.getName()).tags("mode", mode, "priority", priority).timer();
	}

	@ParameterizedTest
	@CsvSource({ "pool,high", "virtual,normal", "loop,low", "inline,normal", "own,high" })
	void aRequestIsTimedUnderItsModeAndPriority(String mode, String priority) {
		this.timers.bindTo(this.registry);
		this.timers.exchangeEnded(new Ended("GET", mode, priority, null), true);
		this.timers.exchangeEnded(new Ended("GET", mode, priority, null), false);
		Timer wait = find(this.registry, MillraceMeters.QUEUE_WAIT, mode, priority);
		assertThat(wait.count()).isEqualTo(2);
		assertThat(wait.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(6);
		Timer service = find(this.registry, MillraceMeters.SERVICE_TIME, mode, priority);
		assertThat(service.count()).isEqualTo(2);
		assertThat(service.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(10);
		assertThat(this.registry.getMeters()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "waited", "displaced", "request" })
	void whatWasNotRunAfterItHadWaitedHasWaited(String refusal) {
		this.timers.bindTo(this.registry);
		this.timers.exchangeEnded(new Ended("GET", "none", "normal", refusal), true);
		assertThat(find(this.registry, MillraceMeters.QUEUE_WAIT, "none", "normal").count()).isEqualTo(1);
		assertThat(this.registry.getMeters()).hasSize(1);
	}

	@Test
	void whoWentAwayWhileHeWaitedHasWaited() {
		this.timers.bindTo(this.registry);
		this.timers.exchangeEnded(new Ended("GET", "none", "normal", null), false);
		assertThat(find(this.registry, MillraceMeters.QUEUE_WAIT, "none", "normal").count()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "full", "limit", "route", "rate" })
	void whatIsRefusedAtOnceHasNotWaited(String refusal) {
		this.timers.bindTo(this.registry);
		this.timers.exchangeEnded(new Ended("GET", "none", "normal", refusal), true);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whatWasNoRequestIsNotTimed() {
		this.timers.bindTo(this.registry);
		this.timers.exchangeEnded(new Ended(null, "none", "normal", "syntax"), true);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void everyRegistryThatIsBoundGetsAll() {
		MeterRegistry other = new SimpleMeterRegistry();
		this.timers.exchangeEnded(new Ended("GET", "pool", "normal", null), true);
		this.timers.bindTo(this.registry);
		this.timers.bindTo(other);
		this.timers.exchangeEnded(new Ended("GET", "pool", "normal", null), true);
		assertThat(find(this.registry, MillraceMeters.SERVICE_TIME, "pool", "normal").count()).isEqualTo(1);
		assertThat(find(other, MillraceMeters.SERVICE_TIME, "pool", "normal").count()).isEqualTo(1);
	}

	@Test
	void theyAreHistogramsWhereTheRegistryWantsThem() {
		MeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		prometheus.config().meterFilter(new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().percentilesHistogram(true).build().merge(config);
			}

		});
		this.timers.bindTo(prometheus);
		this.timers.exchangeEnded(new Ended("GET", "pool", "normal", null), true);
		assertThat(find(prometheus, MillraceMeters.QUEUE_WAIT, "pool", "normal").takeSnapshot().histogramCounts())
			.isNotEmpty();
	}

	@Test
	void aRegistryThatTakesNoTimerIsAskedOnce() {
		int[] asked = new int[1];
		this.registry.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				asked[0]++;
				throw new IllegalStateException("no meter");
			}

		});
		this.timers.bindTo(this.registry);
		for (int i = 0; i < 3; i++) {
			assertThatNoException()
				.isThrownBy(() -> this.timers.exchangeEnded(new Ended("GET", "pool", "normal", null), true));
		}
		assertThat(asked[0]).isEqualTo(2);
	}

	@Test
	void whatWasRegisteredIsGoneAfterwards() {
		this.timers.bindTo(this.registry);
		this.timers.prepare("pool");
		assertThat(this.registry.getMeters()).hasSize(2);
		this.timers.remove();
		this.timers.exchangeEnded(new Ended("GET", "pool", "normal", null), true);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	@Tag("own-jvm")
	void aRequestAllocatesNothing() {
		this.timers.bindTo(this.registry);
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.timers.bindTo(prometheus);
		Ended exchange = new Ended("GET", "pool", "normal", null);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long least = Long.MAX_VALUE;
		// The first rounds are not compiled yet.
		for (int i = 0; i < 50 && least > 0; i++) {
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int j = 0; j < 10_000; j++) {
				this.timers.exchangeEnded(exchange, true);
			}
			least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 10_000);
		}
		assertThat(least).isZero();
	}

	/** A request that waited for 3 ms and took 5 ms. */
	private record Ended(@Nullable String method, String mode, String priority,
			@Nullable String refusal) implements ObservedExchange {

		@Override
		public String connectionId() {
			return "1";
		}

		@Override
		public InetSocketAddress clientAddress() {
			return remoteAddress();
		}

		@Override
		public InetSocketAddress remoteAddress() {
			return new InetSocketAddress(0);
		}

		@Override
		public @Nullable String target() {
			return "/";
		}

		@Override
		public String protocol() {
			return "HTTP/1.1";
		}

		@Override
		public boolean kept() {
			return true;
		}

		@Override
		public @Nullable String requestHeader(String name) {
			return null;
		}

		@Override
		public @Nullable String responseHeader(String name) {
			return null;
		}

		@Override
		public int status() {
			return 200;
		}

		@Override
		public long requestBytes() {
			return 0;
		}

		@Override
		public long responseBytes() {
			return 0;
		}

		@Override
		public long arrivedNanos() {
			return 0;
		}

		@Override
		public long waitNanos() {
			return 3_000_000;
		}

		@Override
		public long serviceNanos() {
			return 5_000_000;
		}

	}

}
