package io.millrace.servlet;

import java.io.IOException;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.servlet.AsyncCycle.AsyncDispatch;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one request through the application: a loop that performs one action after
 * the other until the request waits for something or is finished. FORWARD and INCLUDE
 * happen within an action, see {@link ServletDispatcher}. There is one thread of the
 * container in it at most; {@link AsyncCycle} sees to that.
 */
final class ServletCycle {

	private static final Logger logger = LoggerFactory.getLogger(ServletCycle.class);

	private final ServletRuntime runtime;

	private final Exchange exchange;

	private final String path;

	private final ExchangeServletRequest request;

	private final ExchangeServletResponse response;

	private @Nullable ErrorDispatch errors;

	private volatile @Nullable AsyncCycle async;

	// Where the container dispatched to last: AsyncContext.dispatch() goes back there.
	private @Nullable AsyncDispatch current;

	private volatile boolean finished;

	/**
	 * Create the cycle of a request.
	 * @param runtime the application
	 * @param exchange the exchange
	 * @param path the canonical path within the context
	 * @param sessionId the session id in the path, {@code null} for none
	 */
	ServletCycle(ServletRuntime runtime, Exchange exchange, String path, @Nullable String sessionId) {
		this.runtime = runtime;
		this.exchange = exchange;
		this.path = path;
		this.request = new ExchangeServletRequest(runtime, exchange, this, sessionId);
		this.response = new ExchangeServletResponse(runtime, exchange, this);
	}

	Exchange exchange() {
		return this.exchange;
	}

	ExchangeServletRequest request() {
		return this.request;
	}

	ExchangeServletResponse response() {
		return this.response;
	}

	@Nullable AsyncCycle async() {
		return this.async;
	}

	private ErrorDispatch errors() {
		ErrorDispatch known = this.errors;
		if (known == null) {
			known = new ErrorDispatch(this.runtime, this);
			this.errors = known;
		}
		return known;
	}

	/** Run the request until it waits or is finished. Called once, by a worker. */
	void run() {
		enter(Action.REQUEST);
	}

	/** Send a thread of the container back into the loop. */
	void resume() {
		this.exchange.resume(() -> enter(null));
	}

	private void enter(@Nullable Action first) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		ClassLoader own = this.runtime.application().getClassLoader();
		if (before != own) {
			thread.setContextClassLoader(own);
		}
		try {
			loop((first != null) ? first : next());
		}
		catch (Throwable ex) {
			// Nothing the application throws comes here.
			logger.error("The server failed while it answered {} {}", this.exchange.request().method(),
					this.exchange.request().target().path(), ex);
			this.response.output().abandon();
			this.exchange.fail(ex);
		}
		finally {
			if (before != own) {
				thread.setContextClassLoader(before);
			}
		}
	}

	/**
	 * Run something of the application's on a thread of the container.
	 * @param task the task
	 */
	void inContext(Runnable task) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(this.runtime.application().getClassLoader());
		try {
			task.run();
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private void loop(Action first) {
		Action action = first;
		while (action != Action.WAIT) {
			if (action == Action.FINISH) {
				finish();
				return;
			}
			try {
				perform(action);
			}
			catch (Throwable ex) {
				failed(action, ex);
			}
			action = next();
		}
	}

	private Action next() {
		AsyncCycle async = this.async;
		if (this.response.error() != null && (async == null || async.isOver())) {
			return Action.ERROR;
		}
		return (async != null) ? async.next() : Action.FINISH;
	}

	private void perform(Action action) throws IOException, ServletException {
		switch (action) {
			case REQUEST -> dispatchRequest();
			case ASYNC -> dispatchAsync(requireAsync());
			case ERROR -> errors().dispatch();
			case TIMEOUT -> timedOut(requireAsync());
			case ASYNC_ERROR -> asyncFailed(requireAsync());
			case READ -> this.request.input().callListener();
			case WRITE -> this.response.output().callListener();
			case COMPLETE -> requireAsync().tellComplete();
			default -> throw new IllegalStateException(action + " is nothing to perform");
		}
	}

	private AsyncCycle requireAsync() {
		AsyncCycle async = this.async;
		if (async == null) {
			throw new IllegalStateException("The request is not in asynchronous mode");
		}
		return async;
	}

	private void dispatchRequest() throws IOException, ServletException {
		this.request.accessSession();
		this.runtime.listeners().requestInitialized(this.runtime.application(), this.request);
		ServletTarget target = this.runtime.find(this.path);
		if (target == null) {
			this.response.sendError(404);
		}
		else if (this.request.getMethod().equals("TRACE")) {
			// It would echo the cookies and credentials of the request.
			this.response.setHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
			this.response.sendError(405, "TRACE method is not allowed");
		}
		else {
			this.request.enter(target, DispatcherType.REQUEST);
			target.servlet().pipeline(DispatcherType.REQUEST).run(target, this.request, this.response, this.request);
		}
	}

	private void dispatchAsync(AsyncCycle async) throws IOException, ServletException {
		AsyncDispatch dispatch = async.takeDispatch();
		DispatchAttributes.ASYNC.setOnce(this.request);
		this.current = dispatch;
		this.request.asyncSupportUnknown();
		ServletTarget target = dispatch.target();
		if (target == null) {
			this.response.sendError(404);
			return;
		}
		String query = dispatch.queryString();
		this.request.path(dispatch.requestUri(), (query != null) ? query : this.request.getQueryString());
		this.request.enter(target, DispatcherType.ASYNC);
		if (query != null && dispatch.addsParameters()) {
			this.request.parameters().pushQuery(query);
		}
		target.servlet()
			.pipeline(DispatcherType.ASYNC)
			.run(target, async.dispatchRequest(), async.dispatchResponse(), this.request);
	}

	// §2.3.3.3: whoever neither dispatches nor completes leaves it to an error page.
	private void timedOut(AsyncCycle async) {
		async.tellTimeout();
		if (!async.isOver()) {
			report(new ErrorReport(500, "The asynchronous request has timed out", null));
			dispatchErrorWithin(async);
		}
	}

	private void asyncFailed(AsyncCycle async) {
		Throwable cause = async.cause();
		ExchangeInputStream input = this.request.inputIfUsed();
		if (input != null) {
			guard(() -> input.tellError(cause));
		}
		guard(() -> this.response.output().tellError(cause));
		async.tellError(cause);
		if (!async.isOver()) {
			if (!ClientAbortException.isIn(cause)) {
				report(errors().describe(cause));
			}
			dispatchErrorWithin(async);
		}
	}

	private void dispatchErrorWithin(AsyncCycle async) {
		try {
			if (this.response.error() != null) {
				errors().dispatch();
			}
		}
		catch (Throwable ex) {
			errors().pageFailed(ex);
		}
		async.completeUnlessOver();
	}

	private void failed(Action action, Throwable thrown) {
		AsyncCycle async = this.async;
		if (action == Action.ERROR) {
			errors().pageFailed(thrown);
			return;
		}
		errors().log(thrown);
		if (async != null && !async.isOver()) {
			async.failed(thrown);
		}
		else if (!ClientAbortException.isIn(thrown)) {
			report(errors().describe(thrown));
		}
	}

	/**
	 * An error is to be answered: by an error page while nothing was sent, otherwise by
	 * cutting the response.
	 * @param report the error
	 */
	private void report(ErrorReport report) {
		if (this.response.output().isSent()) {
			this.response.output().abandon();
			Throwable cause = report.exception();
			this.exchange.fail((cause != null) ? cause : new IOException("The response could not be finished"));
		}
		else {
			this.response.fail(report);
		}
	}

	private void finish() {
		this.runtime.listeners().requestDestroyed(this.runtime.application(), this.request);
		this.finished = true;
		AsyncCycle async = this.async;
		if (async != null) {
			async.end();
		}
		this.request.end();
		try {
			this.response.complete();
		}
		catch (RuntimeException ex) {
			this.response.output().abandon();
			this.exchange.fail(ex);
		}
	}

	/**
	 * Start asynchronous mode.
	 * @param request the request, wrapped perhaps
	 * @param response the response, wrapped perhaps
	 * @param original whether the application gave neither
	 * @return the one context of this request
	 */
	AsyncContext startAsync(ServletRequest request, ServletResponse response, boolean original) {
		if (!this.request.isAsyncSupported()) {
			throw new IllegalStateException("A filter or the servlet does not support asynchronous requests");
		}
		if (this.finished || this.response.output().isClosed()) {
			throw new IllegalStateException("Asynchronous mode cannot be started after the response has ended");
		}
		AsyncDispatch back = original ? containerDispatch() : dispatchOf((HttpServletRequest) request);
		AsyncCycle async = this.async;
		if (async == null) {
			async = new AsyncCycle(this, request, response, back);
			this.async = async;
		}
		async.start(request, response, original, back);
		return async;
	}

	private AsyncDispatch containerDispatch() {
		AsyncDispatch known = this.current;
		if (known == null) {
			known = new AsyncDispatch(this.runtime.find(this.path), this.exchange.request().target().path(),
					this.exchange.request().target().query(), false);
			this.current = known;
		}
		return known;
	}

	// Where the given request is now, which a forward may have led to.
	private AsyncDispatch dispatchOf(HttpServletRequest given) {
		String uri = given.getRequestURI();
		if (uri.equals(this.request.getRequestURI())) {
			return new AsyncDispatch(this.request.target(), uri, this.request.getQueryString(), false);
		}
		return new AsyncDispatch(find(uri.substring(given.getContextPath().length())), uri, given.getQueryString(),
				false);
	}

	/**
	 * Where a path of {@code AsyncContext.dispatch} leads to.
	 * @param given the path within the context, with a query perhaps
	 * @return the dispatch
	 */
	AsyncDispatch dispatchTo(String given) {
		if (given == null || !given.startsWith("/")) {
			throw new IllegalArgumentException("The path of a dispatch has to start with '/', and is '" + given + "'");
		}
		int question = given.indexOf('?');
		String rawPath = (question < 0) ? given : given.substring(0, question);
		String query = (question < 0) ? null : given.substring(question + 1);
		return new AsyncDispatch(find(rawPath), this.runtime.contextPath() + rawPath, query, true);
	}

	private @Nullable ServletTarget find(String rawPath) {
		try {
			return this.runtime.find(CanonicalPath.of(rawPath).path());
		}
		catch (ProtocolException ex) {
			return null;
		}
	}

	void requireAsync(String what) {
		AsyncCycle async = this.async;
		if (async == null || !async.isStarted()) {
			throw new IllegalStateException(what + " can be set only in asynchronous mode");
		}
	}

	void readable() {
		requireAsync().readable();
	}

	void writable() {
		requireAsync().writable();
	}

	/**
	 * Call a listener of the application's; what it throws harms nobody else.
	 * @param callback the call
	 */
	void guard(Callback callback) {
		try {
			callback.call();
		}
		catch (Exception ex) {
			logger.warn("A listener of an asynchronous request failed", ex);
		}
	}

	/** A call that may fail. */
	interface Callback {

		void call() throws Exception;

	}

	/** What the container's thread does next. */
	enum Action {

		/** Dispatch the request as it came. */
		REQUEST,

		/** Dispatch the request again, as {@code AsyncContext.dispatch} asked for. */
		ASYNC,

		/** Answer with an error page. */
		ERROR,

		/** Tell of the timeout. */
		TIMEOUT,

		/** Tell of an error in asynchronous mode. */
		ASYNC_ERROR,

		/** Call the read listener. */
		READ,

		/** Call the write listener. */
		WRITE,

		/** Tell of the completion. */
		COMPLETE,

		/** End the response. */
		FINISH,

		/** Leave the request to others. */
		WAIT

	}

}
