package io.millrace.ratelimit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.github.bucket4j.TimeMeter;
import io.millrace.core.http.RateLimiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Token buckets by a clock that the test moves.
 */
class LocalTokenBucketsTests {

	private final Clock clock = new Clock();

	private LocalTokenBuckets buckets(long capacity, long tokens, Duration period, long max) {
		return new LocalTokenBuckets(new RateLimit(capacity, tokens, period), max, this.clock);
	}

	private static long ask(LocalTokenBuckets buckets, Object key) {
		return buckets.tryConsume(key, null, null);
	}

	@Test
	void aBurstIsAdmittedAndThenOneAsOftenAsTokensComeBack() {
		LocalTokenBuckets buckets = buckets(3, 10, Duration.ofSeconds(1), 100);
		for (int i = 0; i < 3; i++) {
			assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
		}
		assertThat(ask(buckets, "a")).isEqualTo(100_000_000);
		this.clock.move(Duration.ofMillis(60));
		assertThat(ask(buckets, "a")).isEqualTo(40_000_000);
		this.clock.move(Duration.ofMillis(40));
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
		assertThat(ask(buckets, "a")).isEqualTo(100_000_000);
	}

	@Test
	void whoIsRefusedTakesNothing() {
		LocalTokenBuckets buckets = buckets(1, 1, Duration.ofSeconds(10), 100);
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
		for (int i = 0; i < 100; i++) {
			assertThat(ask(buckets, "a")).isPositive();
		}
		this.clock.move(Duration.ofSeconds(10));
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
	}

	@Test
	void keysDoNotTakeFromEachOther() {
		LocalTokenBuckets buckets = buckets(1, 1, Duration.ofSeconds(1), 100);
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
		assertThat(ask(buckets, "b")).isEqualTo(RateLimiter.ADMITTED);
		assertThat(ask(buckets, "a")).isPositive();
	}

	@Test
	void aBucketThatIsFullAgainIsForgottenAndNotBefore() {
		LocalTokenBuckets buckets = buckets(2, 1, Duration.ofSeconds(1), 100);
		ask(buckets, "a");
		ask(buckets, "a");
		this.clock.move(Duration.ofMillis(1900));
		assertThat(buckets.size()).isEqualTo(1);
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
		assertThat(ask(buckets, "a")).isPositive();
		this.clock.move(Duration.ofMillis(2100));
		assertThat(buckets.size()).isZero();
	}

	@Test
	void aMillionKeysTakeNoMoreThanTheBucketsThereMayBe() {
		LocalTokenBuckets buckets = buckets(1, 1, Duration.ofHours(1), 1000);
		for (int i = 0; i < 1_000_000; i++) {
			ask(buckets, i);
		}
		assertThat(buckets.size()).isLessThanOrEqualTo(1000);
	}

	@Test
	void whoComesOftenKeepsItsBucketWhileAMillionOthersComeOnce() {
		LocalTokenBuckets buckets = buckets(20, 1, Duration.ofHours(1), 1000);
		int admitted = 0;
		for (int i = 0; i < 1_000_000; i++) {
			ask(buckets, i);
			if (i % 100 == 0 && ask(buckets, "often") == RateLimiter.ADMITTED) {
				admitted++;
			}
		}
		assertThat(admitted).isEqualTo(20);
	}

	@ParameterizedTest
	@CsvSource({ "0, 1, PT1S, capacity has to be 1 or more", "1, 0, PT1S, refillTokens has to be 1 or more",
			"1, 2000, PT0.000001S, one in a nanosecond", "1, 1, PT0S, refillPeriod has to be more than 0",
			"1, 1, P366D, refillPeriod has to be a year or less" })
	void whatIsOutOfRangeIsNamed(long capacity, long tokens, Duration period, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(capacity, tokens, period))
			.withMessageContaining(message);
	}

	@Test
	void theLargestLimitsAreNoOverflow() {
		LocalTokenBuckets buckets = buckets(Long.MAX_VALUE, 1, Duration.ofDays(365), 10);
		assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
	}

	private static final class Clock implements TimeMeter {

		private final AtomicLong now = new AtomicLong();

		void move(Duration time) {
			this.now.addAndGet(time.toNanos());
		}

		@Override
		public long currentTimeNanos() {
			return this.now.get();
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	}

}
