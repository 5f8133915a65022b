package io.millrace.servlet;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * The parameters and parts of a request (Servlet 6.1 §3.1, §3.2), read when they are
 * first asked for. One thread at a time.
 */
final class RequestParameters {

	private final ExchangeServletRequest request;

	private final ServletOptions options;

	private @Nullable Parameters parameters;

	private @Nullable Pushed pushed;

	private @Nullable RuntimeException failure;

	private @Nullable MultipartForm form;

	private @Nullable Exception formFailure;

	RequestParameters(ExchangeServletRequest request, ServletOptions options) {
		this.request = request;
		this.options = options;
	}

	/**
	 * The parameters.
	 * @return query, form and parts
	 * @throws RequestRefusedException where they cannot be read
	 */
	Parameters parameters() {
		Pushed inFront = this.pushed;
		return (inFront != null) ? inFront.merge(ofRequest()) : ofRequest();
	}

	private Parameters ofRequest() {
		if (this.failure != null && !isErrorDispatch()) {
			throw this.failure;
		}
		Parameters known = this.parameters;
		if (known == null) {
			known = new Parameters(this.options.maxParameterCount());
			// An error page, which may ask again, gets what could be read.
			this.parameters = known;
			try {
				read(known);
			}
			catch (RequestRefusedException ex) {
				this.failure = ex;
				if (!isErrorDispatch()) {
					throw ex;
				}
			}
		}
		return known;
	}

	private boolean isErrorDispatch() {
		return this.request.getDispatcherType() == DispatcherType.ERROR;
	}

	private void read(Parameters read) {
		String query = this.request.exchange().request().target().query();
		if (query != null && !query.isEmpty()) {
			read.addQuery(query, StandardCharsets.UTF_8);
		}
		String type = this.request.getContentType();
		if (type == null || this.request.isBodyTaken()) {
			return;
		}
		ContentType parsed = ContentType.parse(type);
		if (parsed.is("application/x-www-form-urlencoded") && isPost()) {
			addForm(read);
		}
		else if (isMultipart(type) && config() != null) {
			addParts(read);
		}
	}

	private boolean isPost() {
		return this.request.exchange().request().method().equals("POST");
	}

	private void addForm(Parameters read) {
		Charset charset = encoding(StandardCharsets.UTF_8);
		long limit = this.options.maxFormSize();
		try {
			int most = (limit < 0 || limit >= Integer.MAX_VALUE) ? Integer.MAX_VALUE - 8 : (int) limit;
			if (limit >= 0 && this.request.getContentLengthLong() > limit) {
				throw tooLarge(limit);
			}
			ExchangeInputStream body = this.request.input();
			byte[] bytes = body.readNBytes(most);
			if (bytes.length == most && body.read() >= 0) {
				throw tooLarge(limit);
			}
			read.addForm(bytes, charset);
		}
		catch (IOException ex) {
			throw unreadable(ex);
		}
	}

	private static RequestRefusedException tooLarge(long limit) {
		return new RequestRefusedException(413, "The form is larger than " + limit + " bytes");
	}

	private static RuntimeException unreadable(IOException cause) {
		RequestRefusedException refused = new RequestRefusedException(400, "The body of the request cannot be read");
		refused.initCause(cause);
		return refused;
	}

	private void addParts(Parameters read) {
		try {
			Charset charset = encoding(StandardCharsets.UTF_8);
			for (Part part : form().parts()) {
				if (part.getSubmittedFileName() == null) {
					byte[] value = part.getInputStream().readAllBytes();
					read.add(part.getName(), new String(value, charset));
				}
			}
		}
		catch (IOException ex) {
			throw unreadable(ex);
		}
		catch (ServletException ex) {
			throw new RequestRefusedException(400, "The parts of the request cannot be read");
		}
	}

	private Charset encoding(Charset otherwise) {
		Charset charset = RequestHeadView.charset(this.request.getCharacterEncoding());
		return (charset != null) ? charset : otherwise;
	}

	/**
	 * The parts.
	 * @return the parts in their order
	 * @throws IOException where the body cannot be read
	 * @throws ServletException where the request is not multipart
	 */
	Collection<Part> parts() throws IOException, ServletException {
		Collection<Part> parts = form().parts();
		if (this.parameters == null) {
			// Fields of the form are parameters too (§3.2).
			parameters();
		}
		return parts;
	}

	private MultipartForm form() throws IOException, ServletException {
		if (this.formFailure != null) {
			rethrow(this.formFailure);
		}
		MultipartForm known = this.form;
		if (known == null) {
			try {
				known = readForm();
			}
			catch (IOException | IllegalStateException ex) {
				this.formFailure = ex;
				throw ex;
			}
			this.form = known;
		}
		return known;
	}

	private static void rethrow(Exception failure) throws IOException {
		if (failure instanceof IOException io) {
			throw io;
		}
		throw (IllegalStateException) failure;
	}

	private MultipartForm readForm() throws IOException, ServletException {
		String type = this.request.getContentType();
		if (type == null || !isMultipart(type)) {
			throw new ServletException("The request is not multipart");
		}
		MultipartConfigElement config = config();
		if (config == null) {
			throw new IllegalStateException("The servlet has no multipart configuration");
		}
		MultipartLimits limits = new MultipartLimits(this.options.maxPartCount(), this.options.maxPartHeaderSize());
		return MultipartReader.read(this.request.input(), type, config, this.options.temporaryDirectory(), limits);
	}

	// Of any kind, as with Tomcat: Spring's clients send multipart/mixed too.
	private static boolean isMultipart(String type) {
		return type.regionMatches(true, 0, "multipart/", 0, 10);
	}

	private @Nullable MultipartConfigElement config() {
		ServletTarget target = this.request.target();
		return (target != null) ? target.servlet().multipartConfig() : null;
	}

	/**
	 * Put the parameters of a dispatcher's path in front (§9.1.1), as soon as somebody
	 * asks for parameters.
	 * @param query the query of that path
	 * @return what was in front before, for {@link #restore}
	 */
	@Nullable Pushed pushQuery(String query) {
		Pushed before = this.pushed;
		this.pushed = new Pushed(query, before);
		return before;
	}

	void restore(@Nullable Pushed before) {
		this.pushed = before;
	}

	/** Delete the temporary files of the parts. */
	void close() {
		MultipartForm open = this.form;
		if (open != null) {
			open.close();
		}
	}

	/**
	 * The query of a dispatch, in front of those of the dispatches further out.
	 */
	static final class Pushed {

		private final String query;

		private final @Nullable Pushed outer;

		private @Nullable Parameters merged;

		Pushed(String query, @Nullable Pushed outer) {
			this.query = query;
			this.outer = outer;
		}

		private Parameters merge(Parameters ofRequest) {
			Parameters known = this.merged;
			if (known == null) {
				Parameters behind = (this.outer != null) ? this.outer.merge(ofRequest) : ofRequest;
				known = behind.withQueryInFront(this.query, StandardCharsets.UTF_8);
				this.merged = known;
			}
			return known;
		}

	}

}
