package io.millrace.servlet;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

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

	private final RequestBodyView request;

	private final ServletOptions options;

	private @Nullable Parameters parameters;

	private @Nullable Pushed pushed;

	private @Nullable RuntimeException failure;

	private @Nullable MultipartForm form;

	private @Nullable Exception formFailure;

	private boolean bodyRead;

	RequestParameters(RequestBodyView request, ServletOptions options) {
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
		else if (isMultipart(type) && this.request.multipartConfig() != null) {
			addParts(read);
		}
	}

	private boolean isPost() {
		return this.request.exchange().request().method().equals("POST");
	}

	/**
	 * Whether the body was decoded for parameters or parts, or its reading begun: from
	 * then on its character encoding is settled.
	 * @return whether it was
	 */
	boolean hasReadBody() {
		return this.bodyRead;
	}

	private void addForm(Parameters read) {
		this.bodyRead = true;
		try {
			read.addForm(readForm(this.request.input()), encoding());
		}
		catch (IOException ex) {
			throw unreadable(ex);
		}
	}

	private byte[] readForm(ExchangeInputStream body) throws IOException {
		long limit = this.options.maxFormSize();
		long length = this.request.getContentLengthLong();
		int most = (limit < 0 || limit >= Integer.MAX_VALUE) ? Integer.MAX_VALUE - 8 : (int) limit;
		if (length > most) {
			throw tooLarge(most);
		}
		if (length >= 0) {
			return body.readNBytes((int) length);
		}
		byte[] bytes = body.readNBytes(most);
		if (bytes.length == most && body.read() >= 0) {
			throw tooLarge(most);
		}
		return bytes;
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
			long limit = this.options.maxFormSize();
			long size = 0;
			for (Part part : readParts().parts()) {
				if (part.getSubmittedFileName() == null) {
					// As Strings they are in memory: what bounds a form bounds them too.
					size += part.getSize();
					if (limit >= 0 && size > limit) {
						throw tooLarge(limit);
					}
					byte[] value = part.getInputStream().readAllBytes();
					read.add(part.getName(), new String(value, encoding(part)));
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

	// RFC 7578 §4.5: a part may say its own charset, and then means it.
	private Charset encoding(Part part) {
		String type = part.getContentType();
		Charset own = (type != null) ? RequestHeadView.charset(ContentType.parse(type).charset()) : null;
		return (own != null) ? own : encoding();
	}

	// §3.12: where nobody has said otherwise.
	private Charset encoding() {
		Charset charset = RequestHeadView.charset(this.request.getCharacterEncoding());
		return (charset != null) ? charset : StandardCharsets.ISO_8859_1;
	}

	/**
	 * The parts.
	 * @return the form that has them
	 * @throws IOException where the body cannot be read
	 * @throws ServletException where the request is not multipart
	 */
	MultipartForm form() throws IOException, ServletException {
		MultipartForm read = readParts();
		if (this.parameters == null) {
			// Fields of the form are parameters too (§3.2).
			parameters();
		}
		return read;
	}

	private MultipartForm readParts() throws IOException, ServletException {
		if (this.formFailure != null) {
			rethrow(this.formFailure);
		}
		MultipartForm known = this.form;
		if (known == null) {
			known = readParts(multipartType(), requireConfig());
			this.form = known;
		}
		return known;
	}

	private String multipartType() throws ServletException {
		String type = this.request.getContentType();
		if (type == null || !isMultipart(type)) {
			throw new ServletException("The request is not multipart");
		}
		return type;
	}

	private MultipartConfigElement requireConfig() {
		MultipartConfigElement config = this.request.multipartConfig();
		if (config == null) {
			throw new IllegalStateException("The servlet has no multipart configuration");
		}
		return config;
	}

	private MultipartForm readParts(String type, MultipartConfigElement config) throws IOException {
		this.bodyRead = true;
		MultipartLimits limits = new MultipartLimits(this.options.maxPartCount(), this.options.maxPartHeaderSize());
		try {
			return MultipartReader.read(this.request.input(), type, config, this.options.temporaryDirectory(), limits);
		}
		catch (IOException | IllegalStateException ex) {
			// What was read of the body is lost, so another attempt ends as this one.
			this.formFailure = ex;
			throw ex;
		}
	}

	private static void rethrow(Exception failure) throws IOException {
		if (failure instanceof IOException io) {
			throw io;
		}
		throw (IllegalStateException) failure;
	}

	// Of any kind, as with Tomcat: Spring's clients send multipart/mixed too.
	private static boolean isMultipart(String type) {
		return type.regionMatches(true, 0, "multipart/", 0, 10);
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
