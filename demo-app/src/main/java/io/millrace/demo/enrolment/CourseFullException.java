package io.millrace.demo.enrolment;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * Every seat is taken.
 */
class CourseFullException extends ProblemException {

	CourseFullException(long courseId) {
		super(HttpStatus.CONFLICT, "course-full", "Course full", "All seats of course " + courseId + " are taken.");
	}

}
