package io.millrace.demo.problem;

import java.net.URI;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A refusal the client can do something about, thrown where it is found and told as RFC
 * 9457 says. Without a stack trace: it is an answer, not a fault, and a course that fills
 * up throws thousands.
 */
public abstract class ProblemException extends ErrorResponseException {

	/**
	 * Creates the exception.
	 * @param status the status code of the answer
	 * @param type fragment of the page that explains this kind of problem
	 * @param title short, the same for each problem of this type
	 * @param detail what is wrong this time
	 */
	protected ProblemException(HttpStatus status, String type, String title, String detail) {
		super(status, document(status, type, title, detail), null);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

	private static ProblemDetail document(HttpStatus status, String type, String title, String detail) {
		ProblemDetail document = ProblemDetail.forStatusAndDetail(status, detail);
		document.setType(URI.create("/problems.html#" + type));
		document.setTitle(title);
		return document;
	}

}
