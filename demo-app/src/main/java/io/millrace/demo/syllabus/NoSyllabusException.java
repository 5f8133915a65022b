package io.millrace.demo.syllabus;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * The course has no syllabus.
 */
class NoSyllabusException extends ProblemException {

	NoSyllabusException(long courseId) {
		super(HttpStatus.NOT_FOUND, "no-syllabus", "No syllabus", "Course " + courseId + " has no syllabus.");
	}

}
