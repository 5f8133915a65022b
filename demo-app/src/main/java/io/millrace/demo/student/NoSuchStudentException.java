package io.millrace.demo.student;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * There is no student of that number.
 */
public class NoSuchStudentException extends ProblemException {

	public NoSuchStudentException(long studentId) {
		super(HttpStatus.NOT_FOUND, "no-such-student", "No such student", "There is no student " + studentId + ".");
	}

}
