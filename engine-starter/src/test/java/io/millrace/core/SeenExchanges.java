package io.millrace.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ObservedExchange;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes down what is told of each exchange.
 */
final class SeenExchanges implements EngineObserver {

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger ended = new AtomicInteger();

	private final List<Seen> seen = new CopyOnWriteArrayList<>();

	@Override
	public boolean wantsExchanges() {
		return true;
	}

	@Override
	public void exchangeStarted() {
		this.started.incrementAndGet();
	}

	@Override
	public void exchangeEnded(boolean completed) {
		this.ended.incrementAndGet();
	}

	@Override
	public void exchangeEnded(ObservedExchange exchange, boolean completed) {
		this.seen.add(new Seen(exchange.method(), exchange.target(), exchange.status(), exchange.refusal(),
				exchange.mode(), exchange.priority(), exchange.requestBytes(), exchange.responseBytes(), completed,
				exchange.waitNanos(), exchange.serviceNanos(), exchange.connectionId()));
	}

	/** What was seen, as soon as it is that many. */
	List<Seen> await(int count) {
		Awaitility.await().untilAsserted(() -> assertThat(this.seen).hasSize(count));
		return List.copyOf(this.seen);
	}

	/** The next one that is seen. */
	Seen awaitNext(int after) {
		return await(after + 1).get(after);
	}

	int count() {
		return this.seen.size();
	}

	/** Everything that was started has ended, and was seen once. */
	void assertComplete(int count) {
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.started).hasValue(count);
			assertThat(this.ended).hasValue(count);
			assertThat(this.seen).hasSize(count);
		});
	}

	/** What is seen of an exchange. */
	record Seen(@Nullable String method, @Nullable String target, int status, @Nullable String refusal, String mode,
			String priority, long requestBytes, long responseBytes, boolean completed, long waitNanos,
			long serviceNanos, String connectionId) {

		@Override
		public String toString() {
			return this.method + " " + this.target + " " + this.status + " " + this.refusal + " " + this.mode + " "
					+ this.priority + " " + this.requestBytes + " " + this.responseBytes + " "
					+ (this.completed ? "completed" : "aborted");
		}

	}

}
