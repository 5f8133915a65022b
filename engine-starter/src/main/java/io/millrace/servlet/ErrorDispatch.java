package io.millrace.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.millrace.core.http.ProtocolException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers errors of one request: by the error page of the application that fits, once,
 * otherwise by {@link DefaultErrorPage} (Servlet 6.1 §10.9).
 */
final class ErrorDispatch {

	private static final Logger logger = LoggerFactory.getLogger(ErrorDispatch.class);

	private final ServletRuntime runtime;

	private final ServletCycle cycle;

	private boolean dispatched;

	private @Nullable UnavailableException unavailable;

	private int status = 500;

	ErrorDispatch(ServletRuntime runtime, ServletCycle cycle) {
		this.runtime = runtime;
		this.cycle = cycle;
	}

	/**
	 * What to answer to something that was thrown.
	 * @param thrown what
	 * @return the error
	 */
	ErrorReport describe(Throwable thrown) {
		RequestRefusedException refused = Causes.find(thrown, RequestRefusedException.class);
		if (refused != null) {
			return new ErrorReport(refused.status(), refused.getMessage(), thrown);
		}
		// An upload that is malformed, or a body that the engine has refused.
		ProtocolException malformed = Causes.find(thrown, ProtocolException.class);
		if (malformed != null) {
			return new ErrorReport(malformed.status(), malformed.getMessage(), thrown);
		}
		if (thrown instanceof UnavailableException unavailable) {
			return unavailable(unavailable);
		}
		return new ErrorReport(500, thrown.getMessage(), thrown);
	}

	/**
	 * A servlet has said that it cannot serve (§2.3.3.2): the innermost is who has said
	 * it, the others on the way out only pass it on.
	 * @param servlet the servlet
	 * @param said what it said
	 */
	void unavailable(RegisteredServlet servlet, UnavailableException said) {
		if (this.unavailable != said) {
			this.unavailable = said;
			servlet.unavailable(said);
		}
	}

	private ErrorReport unavailable(UnavailableException unavailable) {
		if (unavailable.isPermanent()) {
			return new ErrorReport(404, unavailable.getMessage(), null);
		}
		this.cycle.response().setHeader("Retry-After", Integer.toString(unavailable.getUnavailableSeconds()));
		return new ErrorReport(503, unavailable.getMessage(), null);
	}

	/**
	 * Log what the application threw, unless it is the client's doing.
	 * @param thrown what
	 */
	void log(Throwable thrown) {
		ServletTarget target = this.cycle.request().target();
		String name = (target != null) ? target.servlet().getName() : "";
		if (isOfClient(thrown)) {
			logger.debug("Servlet [{}] could not finish because of its client", name, thrown);
		}
		else {
			logger.error("Servlet.service() for servlet [{}] in context with path [{}] threw exception", name,
					this.runtime.contextPath(), thrown);
		}
	}

	private static boolean isOfClient(Throwable thrown) {
		return ClientAbortException.isIn(thrown) || Causes.find(thrown, RequestRefusedException.class) != null
				|| Causes.find(thrown, ProtocolException.class) != null;
	}

	/**
	 * Answer the error that the response has.
	 * @throws IOException by the error page
	 * @throws ServletException by the error page
	 */
	void dispatch() throws IOException, ServletException {
		ExchangeServletResponse response = this.cycle.response();
		ErrorReport report = response.error();
		if (report == null) {
			return;
		}
		this.status = report.status();
		ServletTarget failed = this.cycle.request().target();
		if (this.dispatched && report.exception() == null) {
			// The error page sends an error: Spring Security does where it guards the
			// page. As with Tomcat that is the answer, and there is nothing to show.
			response.reopen(report.status());
			response.complete();
			return;
		}
		String ofException = this.dispatched ? null : pageOfException(report.exception());
		String path = this.dispatched ? null : page(ofException, report);
		ServletDispatcher page = (path != null) ? this.runtime.dispatcher(path) : null;
		response.reopen(report.status());
		if (page == null) {
			// What an exception says is not meant for the client.
			answerPlainly((report.exception() == null) ? report.message() : null);
			return;
		}
		this.dispatched = true;
		setAttributes(report, failed, ofException != null);
		page.error(this.cycle.request(), response);
		if (!this.cycle.request().isAsyncStarted() && response.error() == null) {
			response.complete();
		}
	}

	private @Nullable String page(@Nullable String ofException, ErrorReport report) {
		return (ofException != null) ? ofException : this.runtime.errorPages().find(report.status());
	}

	private @Nullable String pageOfException(@Nullable Throwable thrown) {
		if (thrown == null) {
			return null;
		}
		String path = this.runtime.errorPages().find(thrown);
		return (path == null && rootCause(thrown) != thrown) ? this.runtime.errorPages().find(rootCause(thrown)) : path;
	}

	private static Throwable rootCause(Throwable thrown) {
		Throwable root = (thrown instanceof ServletException wrapper) ? wrapper.getRootCause() : null;
		return (root != null) ? root : thrown;
	}

	private void setAttributes(ErrorReport report, @Nullable ServletTarget failed, boolean pageOfException) {
		ExchangeServletRequest request = this.cycle.request();
		String message = report.message();
		Throwable thrown = report.exception();
		if (thrown != null) {
			// As Tomcat does: a page for a status, Spring Boot's for example, gets the
			// wrapper as the exception, and that says nothing worth showing.
			Throwable root = rootCause(thrown);
			message = pageOfException ? message : root.getMessage();
			Throwable shown = pageOfException ? root : thrown;
			request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, shown);
			request.setAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE, shown.getClass());
		}
		request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, report.status());
		request.setAttribute(RequestDispatcher.ERROR_MESSAGE, (message != null) ? message : "");
		request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI());
		request.setAttribute(RequestDispatcher.ERROR_METHOD, request.getMethod());
		request.setAttribute(RequestDispatcher.ERROR_QUERY_STRING, request.getQueryString());
		if (failed != null) {
			request.setAttribute(RequestDispatcher.ERROR_SERVLET_NAME, failed.servlet().getName());
		}
	}

	/**
	 * The error page itself has failed.
	 * @param thrown what it threw
	 */
	void pageFailed(Throwable thrown) {
		if (ClientAbortException.isIn(thrown)) {
			return;
		}
		logger.error("The error page for status {} failed", this.status, thrown);
		ExchangeServletResponse response = this.cycle.response();
		if (response.output().isSent()) {
			response.output().abandon();
			this.cycle.exchange().fail(thrown);
			return;
		}
		try {
			response.fail(new ErrorReport(this.status, null, null));
			response.reopen(this.status);
			answerPlainly(null);
		}
		catch (IOException ex) {
			logger.debug("The client did not wait for the error", ex);
		}
	}

	private void answerPlainly(@Nullable String message) throws IOException {
		ExchangeServletResponse response = this.cycle.response();
		// Whoever sends a status that is no error by sendError has nothing to show.
		if (this.status >= 400) {
			response.setContentType("text/html;charset=UTF-8");
			response.getOutputStream()
				.write(DefaultErrorPage.html(this.status, message).getBytes(StandardCharsets.UTF_8));
		}
		response.complete();
	}

}
