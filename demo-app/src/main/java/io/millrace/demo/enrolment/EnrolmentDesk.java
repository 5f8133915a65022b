package io.millrace.demo.enrolment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.millrace.demo.course.CourseRepository;
import io.millrace.demo.course.NoSuchCourseException;
import io.millrace.demo.course.SeatsChanged;
import io.millrace.demo.student.NoSuchStudentException;
import io.millrace.demo.student.StudentRepository;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives out seats and takes them back.
 * <p>
 * Every transaction touches the enrolment first and the course's row last: the row all
 * students of a course want is locked for one update and the commit, and no two
 * transactions can wait for each other in a circle. What the database still refuses for a
 * passing reason (a lock not had in time, a concurrent update) is tried again in a new
 * transaction; retrying wraps the transaction, not the other way round.
 */
@Service
class EnrolmentDesk {

	private final EnrolmentRepository enrolments;

	private final CourseRepository courses;

	private final StudentRepository students;

	private final ApplicationEventPublisher events;

	EnrolmentDesk(EnrolmentRepository enrolments, CourseRepository courses, StudentRepository students,
			ApplicationEventPublisher events) {
		this.enrolments = enrolments;
		this.courses = courses;
		this.students = students;
		this.events = events;
	}

	/**
	 * Enrols a student, or finds that this was done before.
	 * @throws NoSuchCourseException if there is no such course
	 * @throws NoSuchStudentException if there is no such student
	 * @throws CourseFullException if no seat is left for a student who has none yet
	 */
	@Retryable(includes = TransientDataAccessException.class, maxRetries = 6, delay = 10, jitter = 5, multiplier = 2,
			maxDelay = 200)
	@Transactional
	Seat enrol(long courseId, long studentId) {
		Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
		if (!this.enrolments.insertIfAbsent(courseId, studentId, now)) {
			return new Seat(existing(courseId, studentId), false);
		}
		if (!this.courses.takeSeat(courseId)) {
			throw new CourseFullException(courseId);
		}
		this.events.publishEvent(new SeatsChanged(courseId));
		return new Seat(new Enrolment(null, courseId, studentId, now), true);
	}

	/**
	 * Gives back a student's seat; does nothing if there is none.
	 * @throws NoSuchCourseException if there is no such course
	 * @throws NoSuchStudentException if there is no such student
	 */
	@Retryable(includes = TransientDataAccessException.class, maxRetries = 6, delay = 10, jitter = 5, multiplier = 2,
			maxDelay = 200)
	@Transactional
	void withdraw(long courseId, long studentId) {
		if (!this.enrolments.delete(courseId, studentId)) {
			requireBoth(courseId, studentId);
			return;
		}
		this.courses.giveBackSeat(courseId);
		this.events.publishEvent(new SeatsChanged(courseId));
	}

	/**
	 * Returns the enrolments of a course, earliest first.
	 */
	List<Enrolment> roll(long courseId) {
		if (!this.courses.existsById(courseId)) {
			throw new NoSuchCourseException(courseId);
		}
		return this.enrolments.findByCourseIdOrderById(courseId);
	}

	private Enrolment existing(long courseId, long studentId) {
		return this.enrolments.findByCourseIdAndStudentId(courseId, studentId).orElseThrow(() -> {
			requireBoth(courseId, studentId);
			return new WithdrawnMeanwhileException();
		});
	}

	private void requireBoth(long courseId, long studentId) {
		if (!this.courses.existsById(courseId)) {
			throw new NoSuchCourseException(courseId);
		}
		if (!this.students.existsById(studentId)) {
			throw new NoSuchStudentException(studentId);
		}
	}

	/**
	 * A seat in a course.
	 *
	 * @param taken {@code true} if it was taken by this call, {@code false} if before
	 */
	record Seat(Enrolment enrolment, boolean taken) {

	}

}
