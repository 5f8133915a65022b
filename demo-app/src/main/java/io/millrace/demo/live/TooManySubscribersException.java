package io.millrace.demo.live;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * As many browsers are watching as we let.
 */
class TooManySubscribersException extends ProblemException {

	TooManySubscribersException() {
		super(HttpStatus.SERVICE_UNAVAILABLE, "too-many-subscribers", "Too many subscribers",
				"Too many browsers are watching. Try again later.");
		getHeaders().set(HttpHeaders.RETRY_AFTER, "30");
	}

}
