package io.millrace.demo.live;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.millrace.demo.course.Course;
import io.millrace.demo.course.CourseRepository;
import io.millrace.demo.course.SeatsChanged;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells every subscriber when seats change.
 * <p>
 * An enrolment only leaves a note of which course changed. One thread collects the notes
 * for a moment, reads those courses once and offers the numbers to each subscriber; since
 * it alone reads, nobody is ever told an older number after a newer one. A few sender
 * threads do the writing, which may block.
 */
@Component
class SeatBroadcaster implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(SeatBroadcaster.class);

	private static final int SENDERS = 4;

	/** After this the browser connects anew; no connection is for ever. */
	private static final Duration LONGEST = Duration.ofMinutes(30);

	private final CourseRepository courses;

	private final LiveProperties properties;

	private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

	private final Set<Long> changed = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final ScheduledExecutorService broadcaster = Executors
		.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("live-broadcast-"));

	/** Its queue is bounded by the subscribers: each is in it once at most. */
	private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS,
			new CustomizableThreadFactory("live-send-"));

	/** Guarded by this, as is adding a subscriber. */
	private boolean closed;

	SeatBroadcaster(CourseRepository courses, LiveProperties properties) {
		this.courses = courses;
		this.properties = properties;
		long heartbeat = properties.heartbeat().toMillis();
		this.broadcaster.scheduleWithFixedDelay(() -> offer(List.of()), heartbeat, heartbeat, TimeUnit.MILLISECONDS);
	}

	/**
	 * Adds a subscriber. It is first sent the seats of all courses.
	 * @throws TooManySubscribersException if there are as many as allowed
	 */
	SseEmitter subscribe() {
		SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
		Subscriber subscriber = add(emitter);
		this.broadcaster.execute(() -> welcome(subscriber));
		return emitter;
	}

	int subscribers() {
		return this.subscribers.size();
	}

	@TransactionalEventListener(fallbackExecution = true)
	void seatsChanged(SeatsChanged change) {
		this.changed.add(change.courseId());
		broadcastSoon();
	}

	/**
	 * Ends all connections before the server stops, which would otherwise wait for them.
	 */
	@EventListener(ContextClosedEvent.class)
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.subscribers.forEach(Subscriber::complete);
	}

	@Override
	public void destroy() {
		this.broadcaster.shutdownNow();
		this.senders.shutdownNow();
	}

	private synchronized Subscriber add(SseEmitter emitter) {
		if (this.closed || this.subscribers.size() >= this.properties.maxSubscribers()) {
			throw new TooManySubscribersException();
		}
		Subscriber subscriber = new Subscriber(emitter, this.senders, this.subscribers::remove);
		emitter.onCompletion(() -> this.subscribers.remove(subscriber));
		this.subscribers.add(subscriber);
		return subscriber;
	}

	private void welcome(Subscriber subscriber) {
		try {
			subscriber.offer(seats(this.courses.findAll()));
		}
		catch (DataAccessException | TransactionException ex) {
			logger.warn("Seats could not be read, the browser will connect again", ex);
			subscriber.complete();
		}
	}

	private void broadcastSoon() {
		if (this.scheduled.compareAndSet(false, true)) {
			try {
				this.broadcaster.schedule(this::broadcast, this.properties.interval().toMillis(),
						TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Closing: this change is not told any more");
			}
		}
	}

	private void broadcast() {
		this.scheduled.set(false);
		List<Long> ids = List.copyOf(this.changed);
		ids.forEach(this.changed::remove);
		if (!this.subscribers.isEmpty() && !ids.isEmpty()) {
			try {
				offer(seats(this.courses.findAllById(ids)));
			}
			catch (DataAccessException | TransactionException ex) {
				logger.warn("Seats could not be read, will try again", ex);
				this.changed.addAll(ids);
				broadcastSoon();
			}
		}
	}

	private void offer(List<CourseSeats> seats) {
		this.subscribers.forEach((subscriber) -> subscriber.offer(seats));
	}

	private static List<CourseSeats> seats(List<Course> courses) {
		return courses.stream().map(CourseSeats::of).toList();
	}

}
