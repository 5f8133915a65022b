package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.autoconfigure.actuate.dashboard.LatencyRecorder.Latencies;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class LatencyRecorderTests {

	private final LatencyRecorder recorder = new LatencyRecorder();

	private static ObservedExchange exchange(String mode, int status, @Nullable String type, long waitMillis,
			long serviceMillis) {
		ObservedExchange exchange = mock();
		given(exchange.mode()).willReturn(mode);
		given(exchange.status()).willReturn(status);
		given(exchange.responseHeader("Content-Type")).willReturn(type);
		given(exchange.waitNanos()).willReturn(TimeUnit.MILLISECONDS.toNanos(waitMillis));
		given(exchange.serviceNanos()).willReturn(TimeUnit.MILLISECONDS.toNanos(serviceMillis));
		return exchange;
	}

	private Latencies take() {
		return Objects.requireNonNull(this.recorder.take());
	}

	@Test
	void percentilesAreThoseOfTheRequestsSinceTheLastTime() {
		this.recorder.start();
		for (int i = 1; i <= 100; i++) {
			this.recorder.exchangeEnded(exchange("pool", 200, "application/json", 2L * i, i), true);
		}
		Latencies latencies = take();
		assertThat(latencies.service().count()).isEqualTo(100);
		assertThat(latencies.service().p50()).isCloseTo(50, within(0.5));
		assertThat(latencies.service().p90()).isCloseTo(90, within(0.9));
		assertThat(latencies.service().p99()).isCloseTo(99, within(1.0));
		assertThat(latencies.service().max()).isCloseTo(100, within(1.0));
		assertThat(latencies.queueWait().p50()).isCloseTo(100, within(1.0));
		assertThat(take().service()).isEqualTo(new Percentiles(0, 0, 0, 0, 0));
	}

	@Test
	void nothingIsKeptWhileNobodyWatches() {
		ObservedExchange exchange = exchange("pool", 200, null, 1, 1);
		this.recorder.exchangeEnded(exchange, true);
		assertThat(this.recorder.take()).isNull();
		this.recorder.start();
		assertThat(take().service().count()).isZero();
		this.recorder.exchangeEnded(exchange, true);
		this.recorder.stop();
		assertThat(this.recorder.take()).isNull();
	}

	@Test
	void whatNoHandlerHasSeenTookNoTimeAtAll() {
		this.recorder.start();
		this.recorder.exchangeEnded(exchange(ObservedExchange.UNHANDLED, 503, null, 0, 0), true);
		assertThat(take()).isEqualTo(new Latencies(new Percentiles(0, 0, 0, 0, 0), new Percentiles(0, 0, 0, 0, 0)));
	}

	@Test
	void aStreamWaitsLikeAllOthersAndLastsAsItsClientLikes() {
		this.recorder.start();
		this.recorder.exchangeEnded(exchange("pool", 200, "text/event-stream;charset=UTF-8", 1, 60_000), false);
		this.recorder.exchangeEnded(exchange("pool", 101, null, 1, 60_000), true);
		Latencies latencies = take();
		assertThat(latencies.queueWait().count()).isEqualTo(2);
		assertThat(latencies.service().count()).isZero();
	}

	@Test
	void whatIsBeyondTheHistogramCountsAsTheLongest() {
		this.recorder.start();
		this.recorder.exchangeEnded(exchange("pool", 200, null, -1, TimeUnit.DAYS.toMillis(1)), true);
		Latencies latencies = take();
		assertThat(latencies.service().max()).isCloseTo(TimeUnit.HOURS.toMillis(1), within(36_000.0));
		assertThat(latencies.queueWait().max()).isZero();
	}

}
