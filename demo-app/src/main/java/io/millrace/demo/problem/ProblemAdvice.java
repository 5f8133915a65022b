package io.millrace.demo.problem;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Turns what was thrown into a problem document. What Spring MVC throws itself is told by
 * the base class; here are the details of validation, and what comes from the database.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

	private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return invalid(ex, ex.getBody(), FieldProblem.of(ex.getBindingResult()), headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
			HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return invalid(ex, ex.getBody(), FieldProblem.of(ex), headers, status, request);
	}

	/**
	 * A multipart body that cannot be taken apart. One that is too large is a subclass
	 * with its own status, which the base class knows.
	 */
	@ExceptionHandler
	@Nullable ResponseEntity<Object> malformedMultipart(MultipartException ex, WebRequest request) {
		return problem(ex, HttpStatus.BAD_REQUEST, "The multipart body cannot be read.", request);
	}

	/**
	 * The database is too busy or away. The client did nothing wrong and may try again.
	 */
	@ExceptionHandler({ TransientDataAccessException.class, CannotCreateTransactionException.class,
			DataAccessResourceFailureException.class })
	@Nullable ResponseEntity<Object> databaseUnavailable(Exception ex, WebRequest request) {
		log.warn("Database unavailable: {}", ex.toString());
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, "1");
		ProblemDetail document = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				"The enrolment desk is too busy. Try again in a moment.");
		return handleExceptionInternal(ex, document, headers, HttpStatus.SERVICE_UNAVAILABLE, request);
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> unexpected(Exception ex, WebRequest request) {
		if (DisconnectedClientHelper.isClientDisconnectedException(ex)) {
			return null;
		}
		log.error("Request failed: {}", request.getDescription(false), ex);
		return problem(ex, HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.", request);
	}

	private @Nullable ResponseEntity<Object> invalid(Exception ex, ProblemDetail document, List<FieldProblem> errors,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		document.setDetail("The input is not valid.");
		document.setProperty("errors", errors);
		return handleExceptionInternal(ex, document, headers, status, request);
	}

	private @Nullable ResponseEntity<Object> problem(Exception ex, HttpStatus status, String detail,
			WebRequest request) {
		ProblemDetail document = ProblemDetail.forStatusAndDetail(status, detail);
		return handleExceptionInternal(ex, document, new HttpHeaders(), status, request);
	}

}
