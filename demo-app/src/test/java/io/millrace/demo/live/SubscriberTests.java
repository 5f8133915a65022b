package io.millrace.demo.live;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;

class SubscriberTests {

	private final Queue<Runnable> senders = new ArrayDeque<>();

	private final RecordingEmitter emitter = new RecordingEmitter();

	private final List<Subscriber> gone = new ArrayList<>();

	private final Subscriber subscriber = new Subscriber(this.emitter, this.senders::add, this.gone::add);

	@Test
	void whatWaitsIsOnlyTheLatestOfEachCourse() {
		offer(1, 10);
		offer(2, 20);
		offer(1, 11);
		send();
		assertThat(this.emitter.sent)
			.containsExactly(List.of(new CourseSeats(1, 100, 11), new CourseSeats(2, 100, 20)).toString());
	}

	@Test
	void howeverMuchIsOfferedOneSenderIsUsed() {
		offer(1, 10);
		offer(1, 11);
		assertThat(this.senders).hasSize(1);
	}

	@Test
	void whatIsOfferedWhileSendingIsSentNext() {
		this.emitter.whileSending = () -> offer(2, 20);
		offer(1, 10);
		send();
		assertThat(this.emitter.sent).hasSize(2);
		assertThat(this.senders).isEmpty();
	}

	@Test
	void afterSendingTheNextOfferIsSentToo() {
		offer(1, 10);
		send();
		offer(1, 11);
		send();
		assertThat(this.emitter.sent).hasSize(2);
	}

	@Test
	void anEmptyOfferIsAComment() {
		this.subscriber.offer(List.of());
		send();
		assertThat(this.emitter.sent).singleElement().asString().contains(":still here");
	}

	@Test
	void whenTheClientIsGoneNothingIsSentAgain() {
		this.emitter.failure = new IOException("Broken pipe");
		offer(1, 10);
		send();
		offer(1, 11);
		assertThat(this.gone).containsExactly(this.subscriber);
		assertThat(this.senders).isEmpty();
	}

	private void offer(long course, int taken) {
		this.subscriber.offer(List.of(new CourseSeats(course, 100, taken)));
	}

	private void send() {
		this.senders.remove().run();
	}

	private static final class RecordingEmitter extends SseEmitter {

		private final List<String> sent = new ArrayList<>();

		private Runnable whileSending = () -> {
		};

		private IOException failure;

		@Override
		public void send(SseEventBuilder builder) throws IOException {
			if (this.failure != null) {
				throw this.failure;
			}
			List<ResponseBodyEmitter.DataWithMediaType> parts = List.copyOf(builder.build());
			this.sent.add((parts.size() == 1) ? parts.get(0).getData().toString()
					: parts.stream()
						.map(ResponseBodyEmitter.DataWithMediaType::getData)
						.filter(List.class::isInstance)
						.map(Object::toString)
						.collect(Collectors.joining()));
			Runnable once = this.whileSending;
			this.whileSending = () -> {
			};
			once.run();
		}

	}

}
