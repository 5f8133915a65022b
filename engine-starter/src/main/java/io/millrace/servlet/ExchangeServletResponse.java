package io.millrace.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import jakarta.servlet.ServletOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A response as the application sees it (Servlet 6.1 §5): its body, and how it ends. For
 * one thread at a time; never used for another exchange.
 */
final class ExchangeServletResponse extends ResponseHeadView {

	private final Exchange exchange;

	private final ServletCycle cycle;

	private final ExchangeOutputStream output;

	private @Nullable ResponseWriter writer;

	private boolean outputTaken;

	// How deep within includes, where the head must not be changed (§9.3).
	private int included;

	private @Nullable ErrorReport error;

	ExchangeServletResponse(ServletRuntime runtime, Exchange exchange, ServletCycle cycle) {
		super(runtime, exchange);
		this.exchange = exchange;
		this.cycle = cycle;
		this.output = new ExchangeOutputStream(exchange, this, cycle);
	}

	ExchangeOutputStream output() {
		return this.output;
	}

	void enterInclude() {
		this.included++;
	}

	void leaveInclude() {
		this.included--;
	}

	@Nullable ErrorReport error() {
		return this.error;
	}

	/**
	 * Take the response back from the application for an error page: empty, with the
	 * status of the error.
	 * @param status the status
	 */
	void reopen(int status) {
		this.error = null;
		this.output.reopen();
		this.output.resetBuffer();
		giveBackOutput();
		forgetBody(status);
	}

	private void giveBackOutput() {
		this.writer = null;
		this.outputTaken = false;
	}

	/**
	 * The protocol is switched when the dispatch has returned, unless an error comes in
	 * between.
	 */
	void upgrade() {
		resetBuffer();
		this.output.upgrade();
	}

	/**
	 * Have the next write send the head that switches protocols.
	 * @return what the client sends from then on
	 */
	RequestBody switchProtocols() {
		String wanted = this.exchange.request().headers().get(HeaderNames.UPGRADE);
		String first = (wanted != null) ? wanted.split(",", 2)[0].strip() : null;
		if (first != null && !containsHeader("Upgrade")) {
			// RFC 9110 §7.8: it has to be there.
			setHeader("Upgrade", first);
		}
		this.output.abandon();
		return this.exchange.upgrade("websocket".equalsIgnoreCase(first) ? "WebSocket" : first);
	}

	@Override
	public int getStatus() {
		return this.output.isUpgrading() ? SC_SWITCHING_PROTOCOLS : super.getStatus();
	}

	@Override
	boolean isHeadFixed() {
		return this.included > 0 || isCommitted();
	}

	@Override
	void declareLength(long length) {
		this.output.declare(length);
	}

	@Override
	public String encodeURL(String url) {
		return SessionUrls.encode(url, this.cycle.request(), false);
	}

	@Override
	public String encodeRedirectURL(String url) {
		return SessionUrls.encode(url, this.cycle.request(), true);
	}

	@Override
	public void sendError(int status) {
		sendError(status, null);
	}

	@Override
	public void sendError(int status, @Nullable String message) {
		requireUncommitted("An error cannot be sent");
		if (this.included > 0) {
			return;
		}
		this.output.keepHttp();
		this.output.resetBuffer();
		forgetBody(status);
		fail(new ErrorReport(status, message, null));
	}

	/**
	 * Something failed: nothing that the application writes counts until the error page.
	 * @param report the error
	 */
	void fail(ErrorReport report) {
		this.error = report;
		this.output.keepHttp();
		this.output.suspend();
	}

	private void requireUncommitted(String what) {
		if (isCommitted()) {
			throw new IllegalStateException(what + " after the response has been committed");
		}
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) {
		requireUncommitted("A redirect cannot be sent");
		if (location == null) {
			throw new IllegalArgumentException("The location of the redirect is null");
		}
		if (this.included > 0) {
			return;
		}
		String absolute = Locations.absolute(location, this.cycle.request());
		this.output.keepHttp();
		if (clearBuffer) {
			// The note that §5.3 would put in its place is for browsers of old; Tomcat
			// leaves it out too.
			this.output.resetBuffer();
		}
		setStatus(status);
		setHeader("Location", absolute);
		this.output.suspend();
	}

	@Override
	public ServletOutputStream getOutputStream() {
		if (this.writer != null) {
			throw new IllegalStateException("getWriter() was called for this response already");
		}
		this.outputTaken = true;
		return this.output;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.outputTaken) {
			throw new IllegalStateException("getOutputStream() was called for this response already");
		}
		ResponseWriter known = this.writer;
		if (known == null) {
			String name = contentType().charset();
			Charset charset = RequestHeadView.charset(name);
			if (charset == null) {
				throw new UnsupportedEncodingException("'" + name + "' is no character encoding that is known here");
			}
			contentType().writerTaken();
			known = new ResponseWriter(this.output, TextEncoder.of(charset));
			this.writer = known;
		}
		return known;
	}

	@Override
	public int getBufferSize() {
		return this.output.capacity();
	}

	@Override
	public void setBufferSize(int size) {
		requireUncommitted("The buffer size cannot be set");
		this.output.capacity(size);
	}

	@Override
	public void flushBuffer() throws IOException {
		this.output.flushBuffer();
	}

	@Override
	public void resetBuffer() {
		requireUncommitted("The buffer cannot be reset");
		this.output.resetBuffer();
	}

	@Override
	public boolean isCommitted() {
		return this.output.isCommitted();
	}

	@Override
	public void reset() {
		if (this.included > 0) {
			return;
		}
		requireUncommitted("The response cannot be reset");
		this.output.resetBuffer();
		resetHead();
		giveBackOutput();
	}

	/** The application is done: end text and body. */
	void complete() {
		if (this.writer != null) {
			this.writer.finish();
		}
		this.output.complete();
	}

}
