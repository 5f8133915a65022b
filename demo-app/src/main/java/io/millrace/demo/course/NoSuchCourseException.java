package io.millrace.demo.course;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * There is no course of that number.
 */
public class NoSuchCourseException extends ProblemException {

	public NoSuchCourseException(long courseId) {
		super(HttpStatus.NOT_FOUND, "no-such-course", "No such course", "There is no course " + courseId + ".");
	}

}
