package io.millrace.demo.syllabus;

import io.millrace.demo.problem.ProblemException;

import org.springframework.http.HttpStatus;

/**
 * The uploaded file is not a document the desk hands out.
 */
final class UnusableSyllabusException extends ProblemException {

	private UnusableSyllabusException(HttpStatus status, String detail) {
		super(status, "unusable-syllabus", "Unusable syllabus", detail);
	}

	static UnusableSyllabusException empty() {
		return new UnusableSyllabusException(HttpStatus.BAD_REQUEST, "The file is empty.");
	}

	static UnusableSyllabusException unnamed() {
		return new UnusableSyllabusException(HttpStatus.BAD_REQUEST,
				"The file needs a name of at most 200 characters.");
	}

	static UnusableSyllabusException ofType(String accepted) {
		return new UnusableSyllabusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE,
				"A syllabus is one of " + accepted + ".");
	}

}
