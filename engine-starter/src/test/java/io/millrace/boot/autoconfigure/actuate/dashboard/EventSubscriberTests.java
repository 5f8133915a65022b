package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventSubscriberTests {

	private final Recording subscriber = new Recording();

	private boolean offer(String event) {
		return this.subscriber.offer(event.getBytes(StandardCharsets.US_ASCII));
	}

	@Test
	void firstItIsSaidWhenToComeBack() {
		this.subscriber.ready = true;
		assertThat(offer("one")).isTrue();
		assertThat(this.subscriber.sent).containsExactly("retry: 2000\n\n", "one");
	}

	@Test
	void whatCannotBeSentWaitsInOrder() {
		assertThat(offer("one")).isTrue();
		assertThat(offer("two")).isTrue();
		assertThat(this.subscriber.sent).isEmpty();
		this.subscriber.ready = true;
		this.subscriber.proceed();
		assertThat(this.subscriber.sent).containsExactly("retry: 2000\n\n", "one", "two");
	}

	@Test
	void noMoreWaitThanTheBacklog() {
		for (int i = 1; i < EventSubscriber.BACKLOG; i++) {
			assertThat(offer("event " + i)).isTrue();
		}
		assertThat(offer("one too many")).isFalse();
	}

	@Test
	void whatIsSentMayAskForMoreBeforeItReturns() {
		this.subscriber.eager = true;
		this.subscriber.ready = true;
		assertThat(offer("one")).isTrue();
		assertThat(this.subscriber.sent).containsExactly("retry: 2000\n\n", "one");
	}

	@Test
	void aClientThatHasGoneEndsIt() {
		this.subscriber.ready = true;
		this.subscriber.failure = new IOException("gone");
		assertThat(offer("one")).isTrue();
		assertThat(this.subscriber.closed).isEqualTo(1);
		assertThat(offer("two")).isTrue();
		this.subscriber.end();
		assertThat(this.subscriber.closed).isEqualTo(1);
		assertThat(this.subscriber.sent).isEmpty();
	}

	private static final class Recording extends EventSubscriber {

		private final List<String> sent = new ArrayList<>();

		private int closed;

		private boolean ready;

		private boolean eager;

		private @Nullable IOException failure;

		@Override
		boolean isReady() {
			return this.ready;
		}

		@Override
		void send(byte[] event) throws IOException {
			if (this.failure != null) {
				throw this.failure;
			}
			if (this.eager) {
				proceed();
			}
			this.sent.add(new String(event, StandardCharsets.US_ASCII));
		}

		@Override
		void close() {
			this.closed++;
		}

	}

}
