package io.millrace.demo.enrolment;

import org.springframework.dao.ConcurrencyFailureException;

/**
 * The enrolment stood in the way of the insert and was gone when it was looked up: the
 * student withdrew in between, so enrolling is worth another try.
 */
class WithdrawnMeanwhileException extends ConcurrencyFailureException {

	WithdrawnMeanwhileException() {
		super("Withdrawn by another transaction");
	}

}
