package io.millrace.ratelimit;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RateLimiter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buckets that several processes share, in a store that answers later or not at all. A
 * request waits for its answer for a bounded time. A store that has failed is left alone
 * for a second, and then asked for one request: so it costs next to nothing while it is
 * away, and no crowd meets it when it is back. Any thread may call.
 */
public final class SharedTokenBuckets implements TokenBuckets {

	private static final Logger logger = LoggerFactory.getLogger(SharedTokenBuckets.class);

	private static final long PAUSE = Duration.ofSeconds(1).toNanos();

	private final Store store;

	private final long timeoutNanos;

	private final long unanswered;

	// When to ask the store again, 0 while it answers.
	private final AtomicLong askAgain = new AtomicLong();

	/**
	 * Create buckets.
	 * @param store where they are
	 * @param timeout how long a request waits for an answer, more than 0
	 * @param failOpen whether requests go on where there is none; otherwise they are
	 * refused
	 */
	public SharedTokenBuckets(Store store, Duration timeout, boolean failOpen) {
		this.store = store;
		this.timeoutNanos = timeout.toNanos();
		this.unanswered = failOpen ? RateLimiter.UNKNOWN : PAUSE;
	}

	@Override
	public long tryConsume(Object key, Exchange exchange, RateLimiter.Answer answer) {
		if (!mayAsk()) {
			return this.unanswered;
		}
		CompletableFuture<Long> asked;
		try {
			asked = this.store.tryConsume(text(key));
		}
		catch (RuntimeException ex) {
			asked = CompletableFuture.failedFuture(ex);
		}
		Question question = new Question(exchange, answer);
		try {
			// It is not cancelled when there is an answer: that would wake the loop.
			exchange.stream().executor().schedule(question, this.timeoutNanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The loop ends, and all its connections with it.
			return this.unanswered;
		}
		asked.whenComplete(question::answered);
		return RateLimiter.LATER;
	}

	// An address may have got a name meanwhile, because somebody has asked for it.
	private static String text(Object key) {
		return (key instanceof InetAddress address) ? address.getHostAddress() : key.toString();
	}

	// Where the store has failed, one caller a second.
	private boolean mayAsk() {
		long again = this.askAgain.get();
		if (again == 0) {
			return true;
		}
		long now = System.nanoTime();
		return now - again >= 0 && this.askAgain.compareAndSet(again, later(now));
	}

	// Zero by accident is a nanosecond later.
	private static long later(long now) {
		return (now + PAUSE) | 1;
	}

	private void failed(@Nullable Throwable cause) {
		if (this.askAgain.getAndSet(later(System.nanoTime())) == 0) {
			logger.warn("The rate limit cannot be looked up: {}. Until it can, requests are {}", reason(cause),
					(this.unanswered == RateLimiter.UNKNOWN) ? "let through" : "refused");
		}
	}

	private String reason(@Nullable Throwable cause) {
		if (cause == null) {
			return "no answer within " + this.timeoutNanos / 1_000_000 + " ms";
		}
		Throwable root = cause;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root.toString();
	}

	private void succeeded() {
		if (this.askAgain.get() != 0 && this.askAgain.getAndSet(0) != 0) {
			logger.info("The rate limit can be looked up again");
		}
	}

	/**
	 * Where the buckets are.
	 */
	public interface Store {

		/**
		 * Take a token. Must not block.
		 * @param key whose bucket it is
		 * @return 0, or in how many nanoseconds there is a token; completed by any thread
		 */
		CompletableFuture<Long> tryConsume(String key);

	}

	/**
	 * A request that waits for its answer: for the store's, or for none in time.
	 */
	private final class Question implements Runnable {

		private final Exchange exchange;

		private final RateLimiter.Answer answer;

		private final AtomicBoolean told = new AtomicBoolean();

		Question(Exchange exchange, RateLimiter.Answer answer) {
			this.exchange = exchange;
			this.answer = answer;
		}

		void answered(@Nullable Long nanosToWait, @Nullable Throwable failure) {
			// Who is too late has not answered: the next request would wait as long.
			if (this.told.compareAndSet(false, true)) {
				if (nanosToWait != null) {
					succeeded();
				}
				else {
					failed(failure);
				}
				this.answer.tell(this.exchange,
						(nanosToWait != null) ? nanosToWait : SharedTokenBuckets.this.unanswered);
			}
		}

		// The time is over.
		@Override
		public void run() {
			answered(null, null);
		}

	}

}
