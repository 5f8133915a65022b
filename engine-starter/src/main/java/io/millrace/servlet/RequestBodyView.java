package io.millrace.servlet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.Exchange;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * What a servlet request brings with it: its body as bytes or text, its parameters, parts
 * and trailer fields (Servlet 6.1 §3.1, §3.2, §3.12). Nothing of it is read before it is
 * asked for.
 */
abstract class RequestBodyView extends RequestOriginView {

	private final ServletRuntime runtime;

	private final ServletCycle cycle;

	private @Nullable RequestParameters parameters;

	private @Nullable ExchangeInputStream input;

	private @Nullable BufferedReader reader;

	private @Nullable String encoding;

	private boolean inputTaken;

	RequestBodyView(ServletRuntime runtime, Exchange exchange, ServletCycle cycle) {
		super(exchange);
		this.runtime = runtime;
		this.cycle = cycle;
	}

	/**
	 * How the servlet wants parts to be read.
	 * @return {@code null} where it takes none
	 */
	abstract @Nullable MultipartConfigElement multipartConfig();

	final ServletRuntime runtime() {
		return this.runtime;
	}

	final ServletCycle cycle() {
		return this.cycle;
	}

	final RequestParameters parameters() {
		RequestParameters known = this.parameters;
		if (known == null) {
			known = new RequestParameters(this, this.runtime.options());
			this.parameters = known;
		}
		return known;
	}

	final ExchangeInputStream input() {
		ExchangeInputStream known = this.input;
		if (known == null) {
			known = new ExchangeInputStream(exchange(), exchange().requestBody(), this.cycle);
			this.input = known;
		}
		return known;
	}

	final @Nullable ExchangeInputStream inputIfUsed() {
		return this.input;
	}

	final boolean isBodyTaken() {
		return this.inputTaken || this.reader != null;
	}

	/** Give back what was read of the body. */
	final void releaseBody() {
		if (this.parameters != null) {
			this.parameters.close();
		}
		if (this.input != null) {
			this.input.end();
		}
	}

	@Override
	public final @Nullable String getParameter(String name) {
		return parameters().parameters().get(name);
	}

	@Override
	public final Enumeration<String> getParameterNames() {
		return parameters().parameters().names();
	}

	@Override
	public final String @Nullable [] getParameterValues(String name) {
		return parameters().parameters().values(name);
	}

	@Override
	public final Map<String, String[]> getParameterMap() {
		return parameters().parameters().asMap();
	}

	@Override
	public final Collection<Part> getParts() throws IOException, ServletException {
		// Changes must not affect the request, so the application has a list of its own.
		return new ArrayList<>(parameters().form().parts());
	}

	@Override
	public final @Nullable Part getPart(String name) throws IOException, ServletException {
		return parameters().form().part(name);
	}

	@Override
	public final @Nullable String getCharacterEncoding() {
		String declared = (this.encoding != null) ? this.encoding : declaredEncoding();
		return (declared != null) ? declared : getServletContext().getRequestCharacterEncoding();
	}

	@Override
	public final void setCharacterEncoding(String encoding) throws UnsupportedEncodingException {
		// §3.12: of no effect when the reader or the form was decoded already.
		if (this.reader != null || (this.parameters != null && this.parameters.hasReadBody())) {
			return;
		}
		if (charset(encoding) == null) {
			throw new UnsupportedEncodingException("'" + encoding + "' is no character encoding that is known here");
		}
		this.encoding = encoding;
	}

	@Override
	public final ServletInputStream getInputStream() {
		if (this.reader != null) {
			throw new IllegalStateException("getReader() was called for this request already");
		}
		this.inputTaken = true;
		return input();
	}

	@Override
	public final BufferedReader getReader() throws IOException {
		if (this.inputTaken) {
			throw new IllegalStateException("getInputStream() was called for this request already");
		}
		BufferedReader known = this.reader;
		if (known == null) {
			String name = getCharacterEncoding();
			Charset charset = (name != null) ? charset(name) : StandardCharsets.ISO_8859_1;
			if (charset == null) {
				throw new UnsupportedEncodingException("'" + name + "' is no character encoding that is known here");
			}
			known = new BufferedReader(new InputStreamReader(input(), charset));
			this.reader = known;
		}
		return known;
	}

	@Override
	public final boolean isTrailerFieldsReady() {
		RequestHead head = exchange().request();
		boolean last = (head.version() == ProtocolVersion.HTTP_1_1) ? head.framing().kind() != BodyFraming.Kind.CHUNKED
				: !head.framing().hasBody();
		if (last) {
			// None can come.
			return true;
		}
		ExchangeInputStream known = this.input;
		return (known != null) ? known.isFinished() : exchange().requestBody().isEnded();
	}

	@Override
	public final Map<String, String> getTrailerFields() {
		if (!isTrailerFieldsReady()) {
			throw new IllegalStateException("The trailer fields come after the body, which was not read to its end");
		}
		Map<String, String> fields = new TreeMap<>();
		// Names in lower case, as the Javadoc asks; values of the same name combined (RFC
		// 9110 §5.3).
		exchange().requestBody()
			.trailers()
			.forEach((field) -> fields.merge(field.getKey().toLowerCase(Locale.ROOT), field.getValue(),
					(one, other) -> one + "," + other));
		return fields;
	}

}
