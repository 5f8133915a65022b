package io.millrace.demo.live;

import java.util.ArrayList;
import java.util.List;

import io.millrace.demo.Unique;
import io.millrace.demo.course.Course;
import io.millrace.demo.course.CourseRepository;
import io.millrace.demo.course.SeatsChanged;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The live stream, over real sockets.
 */
@TestPropertySource(properties = { "enrolment.live.max-subscribers=3", "enrolment.live.interval=5ms",
		"enrolment.live.heartbeat=50ms" })
abstract class AbstractLiveTests {

	@LocalServerPort
	private int port;

	@Autowired
	private SeatBroadcaster broadcaster;

	@Autowired
	private CourseRepository courses;

	@Autowired
	private ApplicationEventPublisher events;

	@Autowired
	private TransactionTemplate transaction;

	private final List<EventStream> streams = new ArrayList<>();

	@AfterEach
	void deadClientsAreForgotten() {
		this.streams.forEach(EventStream::close);
		Awaitility.await().until(() -> this.broadcaster.subscribers() == 0);
	}

	@Test
	void firstAllSeatsAreTold() throws Exception {
		long course = course();
		EventStream stream = open();
		assertThat(stream.response().headers().firstValue("Content-Type")).hasValue("text/event-stream");
		stream.await("event:seats");
		assertThat(stream.await("data:")).contains("{\"courseId\":%d,\"seats\":5,\"seatsTaken\":0}".formatted(course));
	}

	@Test
	void aChangeIsToldToEverySubscriber() throws Exception {
		long course = course();
		List<EventStream> streams = List.of(open(), open(), open());
		for (EventStream stream : streams) {
			stream.await("data:");
		}
		takeSeat(course);
		for (EventStream stream : streams) {
			assertThat(stream.await("data:"))
				.isEqualTo("data:[{\"courseId\":%d,\"seats\":5,\"seatsTaken\":1}]".formatted(course));
		}
	}

	@Test
	void numbersNeverGoBack() throws Exception {
		long course = course();
		EventStream stream = open();
		stream.await("data:");
		for (int taken = 1; taken <= 5; taken++) {
			takeSeat(course);
		}
		int seen = 0;
		while (seen < 5) {
			String told = stream.await("\"seatsTaken\":");
			int taken = Integer.parseInt(told.replaceAll("(?s).*\"seatsTaken\":(\\d+).*", "$1"));
			assertThat(taken).isGreaterThanOrEqualTo(seen);
			seen = taken;
		}
	}

	@Test
	void aChangeThatIsRolledBackIsNotTold() throws Exception {
		long course = course();
		EventStream stream = open();
		stream.await("data:");
		assertThatIllegalStateException().isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
			this.courses.takeSeat(course);
			this.events.publishEvent(new SeatsChanged(course));
			throw new IllegalStateException("rolled back");
		}));
		takeSeat(course);
		assertThat(stream.await("data:")).contains("\"seatsTaken\":1}");
	}

	@Test
	void anIdleStreamIsKeptAlive() throws Exception {
		EventStream stream = open();
		stream.await("data:");
		stream.await(":still here");
		stream.await(":still here");
	}

	@Test
	void oneSubscriberTooManyIsRefusedUntilAnotherLeaves() throws Exception {
		List<EventStream> streams = List.of(open(), open(), open());
		EventStream refused = open();
		assertThat(refused.response().statusCode()).isEqualTo(503);
		assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("30");
		assertThat(refused.response().headers().firstValue("Content-Type")).hasValue("application/problem+json");
		refused.await("too-many-subscribers");
		streams.get(0).close();
		Awaitility.await().until(() -> this.broadcaster.subscribers() == 2);
		EventStream next = open();
		assertThat(next.response().statusCode()).isEqualTo(200);
		next.await("data:");
	}

	private EventStream open() throws Exception {
		EventStream stream = EventStream.open(this.port);
		this.streams.add(stream);
		return stream;
	}

	private long course() {
		return this.courses.save(new Course(null, Unique.code(), "Test", "Nobody", "", 5, 0)).storedId();
	}

	private void takeSeat(long course) {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.courses.takeSeat(course)).isTrue();
			this.events.publishEvent(new SeatsChanged(course));
		});
	}

}
