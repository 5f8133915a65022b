package io.millrace.ratelimit;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.RateLimiter;
import io.netty.util.concurrent.DefaultEventExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Buckets in a store that answers when the test says so, if at all.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SharedTokenBucketsTests {

	private final DefaultEventExecutor loop = new DefaultEventExecutor();

	private final Exchange exchange = mock(Exchange.class);

	private final BlockingQueue<Long> answers = new LinkedBlockingQueue<>();

	private final AtomicInteger asked = new AtomicInteger();

	private volatile Supplier<CompletableFuture<Long>> store = () -> CompletableFuture.completedFuture(0L);

	@BeforeEach
	void useLoop() {
		ExchangeStream stream = mock(ExchangeStream.class);
		given(stream.executor()).willReturn(this.loop);
		given(this.exchange.stream()).willReturn(stream);
	}

	@AfterEach
	void endLoop() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	private SharedTokenBuckets buckets(Duration timeout, boolean failOpen) {
		return new SharedTokenBuckets((key) -> {
			this.asked.incrementAndGet();
			return this.store.get();
		}, timeout, failOpen);
	}

	private long ask(SharedTokenBuckets buckets) throws InterruptedException {
		long answer = buckets.tryConsume("key", this.exchange, (of, later) -> this.answers.add(later));
		return (answer != RateLimiter.LATER) ? answer : this.answers.poll(20, TimeUnit.SECONDS);
	}

	@Test
	void anAnswerIsPassedOnWheneverItComes() throws Exception {
		SharedTokenBuckets buckets = buckets(Duration.ofSeconds(30), true);
		assertThat(ask(buckets)).isEqualTo(RateLimiter.ADMITTED);
		CompletableFuture<Long> later = new CompletableFuture<>();
		this.store = () -> later;
		assertThat(buckets.tryConsume("key", this.exchange, (of, answer) -> this.answers.add(answer)))
			.isEqualTo(RateLimiter.LATER);
		assertThat(this.answers).isEmpty();
		later.complete(7L);
		assertThat(this.answers.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
	}

	@Test
	void withoutAnAnswerInTimeRequestsGoOnAndTheStoreIsLeftAlone(CapturedOutput output) throws Exception {
		SharedTokenBuckets buckets = buckets(Duration.ofMillis(50), true);
		CompletableFuture<Long> late = new CompletableFuture<>();
		this.store = () -> late;
		assertThat(ask(buckets)).isEqualTo(RateLimiter.UNKNOWN);
		int before = this.asked.get();
		for (int i = 0; i < 1000; i++) {
			assertThat(ask(buckets)).isEqualTo(RateLimiter.UNKNOWN);
		}
		// A second may have passed on a slow machine, but not hundreds.
		assertThat(this.asked.get() - before).isLessThan(100);
		assertThat(output.getOut().split("The rate limit cannot be looked up: no answer within 50 ms", -1)).hasSize(2);
		assertThat(output).contains("requests are let through");
		late.complete(0L);
		this.store = () -> CompletableFuture.completedFuture(9L);
		Awaitility.await().untilAsserted(() -> assertThat(ask(buckets)).isEqualTo(9));
		assertThat(output).contains("The rate limit can be looked up again");
		assertThat(this.answers).isEmpty();
	}

	@Test
	void anAddressIsTheSameKeyWhateverItsName() throws Exception {
		List<String> keys = new CopyOnWriteArrayList<>();
		SharedTokenBuckets buckets = new SharedTokenBuckets((key) -> {
			keys.add(key);
			return CompletableFuture.completedFuture(0L);
		}, Duration.ofSeconds(10), true);
		byte[] address = { (byte) 192, 0, 2, 1 };
		buckets.tryConsume(InetAddress.getByAddress(address), this.exchange, (of, answer) -> this.answers.add(answer));
		buckets.tryConsume(InetAddress.getByAddress("host", address), this.exchange,
				(of, answer) -> this.answers.add(answer));
		assertThat(keys).containsExactly("192.0.2.1", "192.0.2.1");
	}

	@Test
	void aStoreThatIsBackIsFoundByItself() throws Exception {
		SharedTokenBuckets buckets = buckets(Duration.ofSeconds(10), true);
		this.store = () -> CompletableFuture.failedFuture(new IllegalStateException("away"));
		assertThat(ask(buckets)).isEqualTo(RateLimiter.UNKNOWN);
		this.store = () -> CompletableFuture.completedFuture(5L);
		Awaitility.await().untilAsserted(() -> assertThat(ask(buckets)).isEqualTo(5));
	}

	@Test
	void aStoreThatThrowsIsOneThatHasFailed(CapturedOutput output) throws Exception {
		SharedTokenBuckets buckets = buckets(Duration.ofSeconds(10), true);
		this.store = () -> {
			throw new IllegalStateException("There is no store");
		};
		assertThat(ask(buckets)).isEqualTo(RateLimiter.UNKNOWN);
		assertThat(output)
			.contains("The rate limit cannot be looked up: java.lang.IllegalStateException: There is no store");
	}

	@Test
	void whereItIsAskedForRequestsAreRefusedWithoutAnAnswer() throws Exception {
		SharedTokenBuckets buckets = buckets(Duration.ofSeconds(10), false);
		this.store = () -> CompletableFuture.failedFuture(new IllegalStateException("away"));
		assertThat(ask(buckets)).isEqualTo(Duration.ofSeconds(1).toNanos());
		assertThat(ask(buckets)).isEqualTo(Duration.ofSeconds(1).toNanos());
	}

}
