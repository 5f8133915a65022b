package io.millrace.demo.enrolment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.millrace.demo.Unique;
import io.millrace.demo.course.Course;
import io.millrace.demo.course.CourseRepository;
import io.millrace.demo.course.NoSuchCourseException;
import io.millrace.demo.course.SeatsChanged;
import io.millrace.demo.student.NoSuchStudentException;
import io.millrace.demo.student.Student;
import io.millrace.demo.student.StudentRepository;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.dao.CannotAcquireLockException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What must be true of seats however many threads want them, on either database.
 */
@Import(AbstractEnrolmentDeskTests.FailureAtTheEnd.class)
abstract class AbstractEnrolmentDeskTests {

	private static final int THREADS = 250;

	@Autowired
	private EnrolmentDesk desk;

	@Autowired
	private CourseRepository courses;

	@Autowired
	private StudentRepository students;

	@Autowired
	private FailureAtTheEnd failure;

	@Test
	void enrollingTakesASeat() {
		long course = course(2);
		long student = student();
		assertThat(this.desk.enrol(course, student).taken()).isTrue();
		assertThat(seatsTaken(course)).isOne();
		assertThat(this.desk.roll(course)).extracting(Enrolment::studentId).containsExactly(student);
	}

	@Test
	void enrollingTwiceIsEnrollingOnce() {
		long course = course(2);
		long student = student();
		Enrolment first = this.desk.enrol(course, student).enrolment();
		EnrolmentDesk.Seat second = this.desk.enrol(course, student);
		assertThat(second.taken()).isFalse();
		assertThat(second.enrolment().enrolledAt()).isEqualTo(first.enrolledAt());
		assertThat(seatsTaken(course)).isOne();
	}

	@Test
	void whoHasASeatKeepsItWhenTheCourseIsFull() {
		long course = course(1);
		long student = student();
		this.desk.enrol(course, student);
		assertThat(this.desk.enrol(course, student).taken()).isFalse();
	}

	@Test
	void whenTheCourseIsFullNobodyElseIsEnrolled() {
		long course = course(1);
		this.desk.enrol(course, student());
		assertThatExceptionOfType(CourseFullException.class).isThrownBy(() -> this.desk.enrol(course, student()));
		assertThat(this.desk.roll(course)).hasSize(1);
	}

	@Test
	void withdrawingGivesTheSeatBackOnce() {
		long course = course(1);
		long student = student();
		this.desk.enrol(course, student);
		this.desk.withdraw(course, student);
		this.desk.withdraw(course, student);
		assertThat(seatsTaken(course)).isZero();
		assertThat(this.desk.enrol(course, student()).taken()).isTrue();
	}

	@Test
	void anUnknownCourseOrStudentIsToldApart() {
		long course = course(1);
		long student = student();
		assertThatExceptionOfType(NoSuchCourseException.class).isThrownBy(() -> this.desk.enrol(-1, student));
		assertThatExceptionOfType(NoSuchStudentException.class).isThrownBy(() -> this.desk.enrol(course, -1));
		assertThatExceptionOfType(NoSuchCourseException.class).isThrownBy(() -> this.desk.withdraw(-1, student));
		assertThatExceptionOfType(NoSuchStudentException.class).isThrownBy(() -> this.desk.withdraw(course, -1));
		assertThatExceptionOfType(NoSuchCourseException.class).isThrownBy(() -> this.desk.roll(-1));
	}

	@Test
	void manyThreadsNeverOversellACourse() throws Exception {
		long course = course(THREADS / 5);
		List<Long> everyone = IntStream.range(0, THREADS).mapToObj((i) -> student()).toList();
		List<Boolean> enrolled = together((i) -> tryEnrol(course, everyone.get(i)));
		assertThat(enrolled).filteredOn((taken) -> taken).hasSize(THREADS / 5);
		assertThat(this.desk.roll(course)).hasSize(THREADS / 5);
		assertThat(seatsTaken(course)).isEqualTo(THREADS / 5);
	}

	@Test
	void oneStudentInManyThreadsTakesOneSeat() throws Exception {
		long course = course(THREADS);
		long student = student();
		List<Boolean> enrolled = together((i) -> this.desk.enrol(course, student).taken());
		assertThat(enrolled).containsOnlyOnce(true);
		assertThat(seatsTaken(course)).isOne();
	}

	@Test
	void seatsAndEnrolmentsAgreeAfterALotOfComingAndGoing() throws Exception {
		long course = course(THREADS / 10);
		List<Long> everyone = IntStream.range(0, THREADS / 4).mapToObj((i) -> student()).toList();
		together((i) -> {
			long student = everyone.get(i % everyone.size());
			for (int round = 0; round < 4; round++) {
				if ((i + round) % 2 == 0) {
					tryEnrol(course, student);
				}
				else {
					this.desk.withdraw(course, student);
				}
			}
			return true;
		});
		assertThat(this.desk.roll(course)).hasSize(seatsTaken(course)).hasSizeLessThanOrEqualTo(THREADS / 10);
	}

	/**
	 * Were it tried again in the same transaction, the insert of the first attempt would
	 * still be there, and the student told to have a seat that was never taken.
	 */
	@Test
	void aPassingFailureIsTriedAgainInANewTransaction() {
		long course = course(1);
		long student = student();
		this.failure.armed.set(true);
		assertThat(this.desk.enrol(course, student).taken()).isTrue();
		assertThat(this.failure.armed).isFalse();
		assertThat(seatsTaken(course)).isOne();
	}

	private boolean tryEnrol(long course, long student) {
		try {
			return this.desk.enrol(course, student).taken();
		}
		catch (CourseFullException ex) {
			return false;
		}
	}

	private <T> List<T> together(IntFunction<T> action) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CyclicBarrier start = new CyclicBarrier(THREADS);
			List<Future<T>> results = IntStream.range(0, THREADS).mapToObj((i) -> threads.submit(() -> {
				start.await(30, TimeUnit.SECONDS);
				return action.apply(i);
			})).toList();
			List<T> values = new ArrayList<>();
			for (Future<T> result : results) {
				values.add(result.get(60, TimeUnit.SECONDS));
			}
			return values;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private long course(int seats) {
		return this.courses.save(new Course(null, Unique.code(), "Test", "Nobody", "", seats, 0)).storedId();
	}

	private long student() {
		Student student = this.students.save(new Student(null, "Test", Unique.email(), Instant.now()));
		assertThat(student.id()).isNotNull();
		return student.id();
	}

	private int seatsTaken(long course) {
		return this.courses.findById(course).orElseThrow().seatsTaken();
	}

	/**
	 * Fails one transaction, when armed, after it has done everything but commit.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class FailureAtTheEnd {

		private final AtomicBoolean armed = new AtomicBoolean();

		@EventListener(SeatsChanged.class)
		void fail() {
			if (this.armed.compareAndSet(true, false)) {
				throw new CannotAcquireLockException("Another transaction was faster");
			}
		}

	}

}
