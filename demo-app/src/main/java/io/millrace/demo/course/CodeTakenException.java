package io.millrace.demo.course;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * Another course has that code.
 */
class CodeTakenException extends ProblemException {

	CodeTakenException(String code) {
		super(HttpStatus.CONFLICT, "code-taken", "Course code taken", "There already is a course " + code + ".");
	}

}
