package io.millrace.servlet;

import java.io.IOException;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one request through the application: a loop that performs one action after
 * the other until the request waits for something or is finished. FORWARD and INCLUDE
 * happen within an action, see {@link ServletDispatcher}. There is one thread of the
 * container in it at most; {@link AsyncCycle} sees to that.
 */
final class ServletCycle implements StreamEvents {

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

	// Those of the request itself, while a dispatch has added some.
	private boolean parametersAdded;

	private @Nullable UpgradeCycle upgrade;

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

	void unavailable(RegisteredServlet servlet, UnavailableException said) {
		errors().unavailable(servlet, said);
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
	void start(Runnable task) {
		this.exchange.resume(() -> this.runtime.inContext(task));
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
		boolean failed = this.response.error() != null;
		if (async != null) {
			return async.next(failed);
		}
		return failed ? Action.ERROR : Action.FINISH;
	}

	private void perform(Action action) throws IOException, ServletException {
		switch (action) {
			case REQUEST -> dispatchRequest();
			case ASYNC -> dispatchAsync(requireAsync());
			case ERROR -> errors().dispatch();
			case TIMEOUT -> timedOut(requireAsync());
			case ASYNC_ERROR -> asyncFailed(requireAsync());
			case READ -> this.request.input().callListener();
			case WRITE -> {
				this.response.output().callListener();
				// Who echoes reads there too.
				this.request.input().tellAllRead();
			}
			case COMPLETE -> complete(requireAsync());
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
		SecurityConstraints constraints = this.runtime.constraints();
		if (target == null || PrivateFolders.contain(this.path)) {
			this.response.sendError(404);
		}
		else if (constraints != null && !constraints.permit(this.path, this.request, this.response)) {
			logger.debug("{} {} is denied by a constraint", this.request.getMethod(), this.path);
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
		this.request.path(dispatch.requestUri(), dispatch.queryString());
		this.request.enter(target, DispatcherType.ASYNC);
		changeParameters(dispatch.addedQuery());
		target.servlet()
			.pipeline(DispatcherType.ASYNC)
			.run(target, async.dispatchRequest(), async.dispatchResponse(), this.request);
	}

	// Each dispatch starts from the request's own.
	private void changeParameters(@Nullable String addedQuery) {
		if (this.parametersAdded) {
			this.request.parameters().restore(null);
		}
		if (addedQuery != null) {
			this.request.parameters().pushQuery(addedQuery);
		}
		this.parametersAdded = addedQuery != null;
	}

	// Closing the response comes first: a listener that takes its time holds up nobody.
	private void complete(AsyncCycle async) {
		endResponse();
		async.tellComplete();
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
		stopListening();
		try {
			if (this.response.error() != null) {
				errors().dispatch();
			}
		}
		catch (Throwable ex) {
			errors().pageFailed(ex);
		}
		finally {
			async.completeUnlessOver();
		}
	}

	// The error page is written as any other one.
	private void stopListening() {
		ExchangeInputStream input = this.request.inputIfUsed();
		if (input != null) {
			input.stopListening();
		}
		this.response.output().stopListening();
	}

	private void failed(Action action, Throwable thrown) {
		AsyncCycle async = this.async;
		if (action == Action.ERROR) {
			errors().pageFailed(thrown);
			return;
		}
		errors().log(thrown);
		boolean handled = async != null && async.failed(thrown);
		if (!handled && !ClientAbortException.isIn(thrown)) {
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
		UpgradeCycle upgrade = this.upgrade;
		if (upgrade != null && this.response.output().isUpgrading()) {
			RequestBody following = this.response.switchProtocols();
			upgrade.prepare(following);
			this.exchange.responseBody().write(null, false);
			upgrade.begin(following);
		}
		else {
			endResponse();
		}
	}

	private void endResponse() {
		try {
			this.response.complete();
		}
		catch (RuntimeException ex) {
			this.response.output().abandon();
			this.exchange.fail(ex);
		}
	}

	/**
	 * Switch protocols when the dispatch has returned (§2.3.3.5).
	 * @param <T> the class of the handler
	 * @param type the class of the handler
	 * @return the handler, to be prepared by the application
	 * @throws IOException where the protocol version of the request cannot be left
	 * @throws ServletException where the handler cannot be instantiated
	 */
	<T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
		AsyncCycle async = this.async;
		if (async != null && async.isStarted()) {
			throw new IllegalStateException("A request that is in asynchronous mode cannot be upgraded");
		}
		if (this.upgrade != null) {
			throw new IllegalStateException("The request was upgraded already");
		}
		if (this.finished || this.response.isCommitted()) {
			throw new IllegalStateException("The request cannot be upgraded after the response has been committed");
		}
		if (!this.exchange.isUpgradable()) {
			throw new IOException(this.request.getProtocol() + " has no way to switch to another protocol");
		}
		T handler = ComponentFactory.create(type);
		this.upgrade = new UpgradeCycle(this.runtime, this.exchange, handler);
		this.response.upgrade();
		return handler;
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
		if (this.finished || this.response.output().isClosed() || this.upgrade != null) {
			throw new IllegalStateException("Asynchronous mode cannot be started after the response has ended");
		}
		AsyncDispatch back = (original || !(request instanceof HttpServletRequest given)) ? containerDispatch()
				: AsyncDispatch.of(this.runtime, given, this.request);
		AsyncCycle async = this.async;
		if (async == null) {
			async = new AsyncCycle(this, request, response, back);
			this.async = async;
		}
		async.start(request, response, original, back);
		keepPromises();
		return async;
	}

	// What the listeners of the streams were told to wait for may have come while there
	// was no round in which to tell.
	private void keepPromises() {
		ExchangeInputStream input = this.request.inputIfUsed();
		if (input != null) {
			input.keepPromise();
		}
		this.response.output().keepPromise();
	}

	private AsyncDispatch containerDispatch() {
		AsyncDispatch known = this.current;
		if (known == null) {
			known = new AsyncDispatch(this.runtime.find(this.path), this.exchange.request().target().path(),
					this.exchange.request().target().query(), null);
			this.current = known;
		}
		return known;
	}

	/**
	 * Where a path of {@code AsyncContext.dispatch} leads to.
	 * @param path the path within the context, with a query perhaps
	 * @return the dispatch
	 */
	AsyncDispatch dispatchTo(String path) {
		return AsyncDispatch.to(this.runtime, path, this.exchange.request().target().query());
	}

	@Override
	public void requireListenable(String what) {
		AsyncCycle async = this.async;
		if (async == null || !async.isStarted()) {
			throw new IllegalStateException(what + " can be set only in asynchronous mode");
		}
	}

	@Override
	public boolean isNonBlocking() {
		AsyncCycle async = this.async;
		return async != null && async.isStarted();
	}

	@Override
	public void readable() {
		requireAsync().readable();
	}

	@Override
	public void writable() {
		requireAsync().writable();
	}

	@Override
	public void inputClosed() {
		// What was not read is read away when the response has ended.
	}

	/**
	 * Call a listener of the application's; what it throws harms nobody else.
	 * @param callback the call
	 */
	void guard(Callback callback) {
		try {
			callback.call();
		}
		catch (Throwable ex) {
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
