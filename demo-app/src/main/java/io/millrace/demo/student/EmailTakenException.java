package io.millrace.demo.student;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * A student with that address is registered already.
 */
class EmailTakenException extends ProblemException {

	EmailTakenException() {
		super(HttpStatus.CONFLICT, "email-taken", "E-mail address taken",
				"A student with this e-mail address is registered already.");
	}

}
