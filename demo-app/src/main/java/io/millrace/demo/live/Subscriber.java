package io.millrace.demo.live;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One browser that watches. What it has not been sent yet waits here, the latest numbers
 * of each course and no more, so a slow one costs no memory and holds up nobody: it just
 * sees fewer steps in between.
 * <p>
 * Offered to by the broadcaster's thread, sent by one sender thread at a time.
 */
final class Subscriber {

	private final SseEmitter emitter;

	private final Executor senders;

	private final Consumer<Subscriber> onGone;

	/** Guarded by this. */
	private final Map<Long, CourseSeats> waiting = new LinkedHashMap<>();

	/** Guarded by this; stays set when the client is gone, so nothing is sent again. */
	private boolean sending;

	Subscriber(SseEmitter emitter, Executor senders, Consumer<Subscriber> onGone) {
		this.emitter = emitter;
		this.senders = senders;
		this.onGone = onGone;
	}

	/**
	 * Sends these numbers, soon. Sends a comment if there are none.
	 */
	void offer(List<CourseSeats> seats) {
		synchronized (this) {
			seats.forEach((course) -> this.waiting.put(course.courseId(), course));
			if (this.sending) {
				return;
			}
			this.sending = true;
		}
		this.senders.execute(this::send);
	}

	void complete() {
		this.emitter.complete();
	}

	private void send() {
		try {
			do {
				this.emitter.send(event(takeWaiting()));
			}
			while (!isDone());
		}
		catch (IOException | RuntimeException ex) {
			// The connection is closed, or the emitter completed: nobody listens.
			this.onGone.accept(this);
		}
	}

	private synchronized List<CourseSeats> takeWaiting() {
		List<CourseSeats> seats = List.copyOf(this.waiting.values());
		this.waiting.clear();
		return seats;
	}

	private synchronized boolean isDone() {
		this.sending = !this.waiting.isEmpty();
		return !this.sending;
	}

	private static SseEmitter.SseEventBuilder event(List<CourseSeats> seats) {
		if (seats.isEmpty()) {
			return SseEmitter.event().comment("still here");
		}
		return SseEmitter.event().name("seats").data(seats, MediaType.APPLICATION_JSON);
	}

}
