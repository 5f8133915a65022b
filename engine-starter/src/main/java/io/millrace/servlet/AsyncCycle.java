package io.millrace.servlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http.Exchange;
import io.netty.util.concurrent.Future;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous mode of a request (Servlet 6.1 §2.3.3.3). Any thread may call it; the
 * monitor is held for a few instructions and nothing is called under it.
 *
 * <pre>
 *          startAsync            the container's thread leaves
 *   IDLE ─────────────▶ STARTED ──────────────────────────────▶ WAITING
 *    ▲                  ▲ │ │ ▲                                   │ │ │
 *    │       startAsync │ │ │ └── timeout, error, readable or ────┘ │ │
 *    │                  │ │ │     writable: a thread comes back     │ │
 *    ├────── DISPATCHED ┘ │ │                                       │ │
 *    │            ▲       ▼ │                                       │ │
 *    │            └── DISPATCHING ◀────────── dispatch() ───────────┘ │
 *    │                      ▼                                         │
 *    └───────────────── COMPLETING ◀───────── complete() ─────────────┘
 * </pre>
 *
 * In all states but WAITING a thread of the container is in the cycle, or on its way; in
 * WAITING there is none, and whoever leaves that state sends one. So there is never more
 * than one. The end of the request makes it ENDED.
 */
final class AsyncCycle implements AsyncContext {

	private static final long DEFAULT_TIMEOUT = 30_000;

	private final ServletCycle cycle;

	private final Exchange exchange;

	// All guarded by this.
	private State state = State.IDLE;

	private final Deque<Event> events = new ArrayDeque<>(2);

	private List<Listening> listeners = new ArrayList<>(2);

	private long timeout = DEFAULT_TIMEOUT;

	private @Nullable Future<?> timer;

	private int round;

	private boolean watching;

	private @Nullable Throwable cause;

	private ServletRequest request;

	private ServletResponse response;

	private boolean original;

	// Where dispatch() without a path goes.
	private AsyncDispatch back;

	private @Nullable AsyncDispatch dispatch;

	AsyncCycle(ServletCycle cycle, ServletRequest request, ServletResponse response, AsyncDispatch back) {
		this.cycle = cycle;
		this.exchange = cycle.exchange();
		this.request = request;
		this.response = response;
		this.back = back;
	}

	/**
	 * Start another round.
	 * @param request the request, wrapped perhaps
	 * @param response the response, wrapped perhaps
	 * @param original whether they are the container's own
	 * @param back where {@link #dispatch()} goes
	 * @throws IllegalStateException in a round that was not dispatched or completed
	 */
	void start(ServletRequest request, ServletResponse response, boolean original, AsyncDispatch back) {
		List<Listening> before;
		synchronized (this) {
			if (this.state != State.IDLE && this.state != State.DISPATCHED) {
				throw new IllegalStateException("The request is in asynchronous mode already");
			}
			this.state = State.STARTED;
			this.request = request;
			this.response = response;
			this.original = original;
			this.back = back;
			this.timeout = DEFAULT_TIMEOUT;
			this.dispatch = null;
			this.cause = null;
			this.events.clear();
			before = this.listeners;
			this.listeners = new ArrayList<>(2);
		}
		for (Listening listening : before) {
			this.cycle.guard(() -> listening.listener.onStartAsync(event(listening, null)));
		}
	}

	synchronized boolean isStarted() {
		return switch (this.state) {
			case STARTED, WAITING, DISPATCHING, COMPLETING -> true;
			case IDLE, DISPATCHED, ENDED -> false;
		};
	}

	/**
	 * What the container's thread does next, having done what it came for.
	 * @return the action
	 */
	ServletCycle.Action next() {
		boolean watch;
		synchronized (this) {
			switch (this.state) {
				case DISPATCHING -> {
					this.state = State.DISPATCHED;
					return ServletCycle.Action.ASYNC;
				}
				case COMPLETING, DISPATCHED -> {
					this.state = State.IDLE;
					return ServletCycle.Action.COMPLETE;
				}
				case STARTED -> {
					Event event = this.events.poll();
					if (event != null) {
						return event.action;
					}
					this.state = State.WAITING;
					startTimer();
					watch = !this.watching;
					this.watching = true;
				}
				default -> {
					return ServletCycle.Action.FINISH;
				}
			}
		}
		if (watch) {
			this.exchange.onEnd(this::exchangeEnded);
		}
		return ServletCycle.Action.WAIT;
	}

	/**
	 * Whether the round is over, so that an error page may be written.
	 * @return whether dispatch, complete or nothing is next
	 */
	synchronized boolean isOver() {
		return this.state != State.STARTED && this.state != State.WAITING;
	}

	// Guarded by this.
	private void startTimer() {
		if (this.timeout > 0) {
			int current = ++this.round;
			this.timer = this.exchange.stream()
				.executor()
				.schedule(() -> timedOut(current), this.timeout, TimeUnit.MILLISECONDS);
		}
	}

	// Guarded by this.
	private void stopTimer() {
		Future<?> running = this.timer;
		if (running != null) {
			this.timer = null;
			running.cancel(false);
		}
	}

	// On the event loop.
	private void timedOut(int started) {
		synchronized (this) {
			if (this.round != started) {
				return;
			}
		}
		happened(Event.TIMEOUT, null);
	}

	// On the event loop, or in next().
	private void exchangeEnded(Exchange.Outcome outcome) {
		if (outcome == Exchange.Outcome.ABORTED) {
			happened(Event.ERROR, new ClientAbortException(null));
		}
	}

	void readable() {
		happened(Event.READABLE, null);
	}

	void writable() {
		happened(Event.WRITABLE, null);
	}

	/**
	 * Something was thrown in the container's thread.
	 * @param thrown what
	 */
	void failed(Throwable thrown) {
		happened(Event.ERROR, thrown);
	}

	private void happened(Event event, @Nullable Throwable thrown) {
		synchronized (this) {
			if (this.state != State.STARTED && this.state != State.WAITING) {
				return;
			}
			if (event == Event.ERROR) {
				if (this.cause != null) {
					return;
				}
				this.cause = thrown;
				this.events.addFirst(event);
			}
			else if (!this.events.contains(event)) {
				this.events.add(event);
			}
			if (!comeBack(State.STARTED)) {
				return;
			}
		}
		this.cycle.resume();
	}

	/**
	 * Leave for another state.
	 * @return whether a thread has to be sent
	 */
	// Guarded by this.
	private boolean comeBack(State next) {
		boolean absent = this.state == State.WAITING;
		this.state = next;
		if (absent) {
			this.round++;
			stopTimer();
		}
		return absent;
	}

	/**
	 * The listeners of this round.
	 * @return a copy
	 */
	private synchronized List<Listening> listeners() {
		return new ArrayList<>(this.listeners);
	}

	void tellTimeout() {
		for (Listening listening : listeners()) {
			this.cycle.guard(() -> listening.listener.onTimeout(event(listening, null)));
		}
	}

	/**
	 * What was thrown, or went wrong.
	 * @return the cause of the error
	 */
	synchronized Throwable cause() {
		return (this.cause != null) ? this.cause : new IllegalStateException("There is no error");
	}

	void tellError(Throwable thrown) {
		for (Listening listening : listeners()) {
			this.cycle.guard(() -> listening.listener.onError(event(listening, thrown)));
		}
	}

	void tellComplete() {
		for (Listening listening : listeners()) {
			this.cycle.guard(() -> listening.listener.onComplete(event(listening, null)));
		}
	}

	/** Complete the round if nobody has dispatched or completed it. */
	synchronized void completeUnlessOver() {
		if (this.state == State.STARTED) {
			this.state = State.COMPLETING;
		}
	}

	/** The request has ended: whatever is called from now on is refused. */
	synchronized void end() {
		stopTimer();
		this.round++;
		this.state = State.ENDED;
	}

	private AsyncEvent event(Listening listening, @Nullable Throwable thrown) {
		return new AsyncEvent(this, listening.request, listening.response, thrown);
	}

	@Override
	public ServletRequest getRequest() {
		synchronized (this) {
			requireOpen();
			return this.request;
		}
	}

	@Override
	public ServletResponse getResponse() {
		synchronized (this) {
			requireOpen();
			return this.response;
		}
	}

	// Guarded by this.
	private void requireOpen() {
		if (this.state != State.STARTED && this.state != State.WAITING) {
			throw new IllegalStateException("The asynchronous mode was left: the request was completed or dispatched");
		}
	}

	@Override
	public synchronized boolean hasOriginalRequestAndResponse() {
		return this.original
				|| (this.request instanceof ExchangeServletRequest && this.response instanceof ExchangeServletResponse);
	}

	@Override
	public void dispatch() {
		AsyncDispatch next;
		synchronized (this) {
			requireOpen();
			next = this.back;
		}
		dispatch(next);
	}

	@Override
	public void dispatch(String path) {
		dispatch(this.cycle.request().getServletContext(), path);
	}

	@Override
	public void dispatch(ServletContext context, String path) {
		if (context != this.cycle.request().getServletContext()) {
			throw new IllegalArgumentException("There is no other application to dispatch to");
		}
		synchronized (this) {
			requireOpen();
		}
		dispatch(this.cycle.dispatchTo(path));
	}

	private void dispatch(AsyncDispatch next) {
		synchronized (this) {
			requireOpen();
			this.dispatch = next;
			if (!comeBack(State.DISPATCHING)) {
				return;
			}
		}
		this.cycle.resume();
	}

	/**
	 * Where the round is dispatched to.
	 * @return the dispatch
	 */
	synchronized AsyncDispatch takeDispatch() {
		AsyncDispatch taken = this.dispatch;
		if (taken == null) {
			throw new IllegalStateException("There is no dispatch");
		}
		return taken;
	}

	synchronized ServletRequest dispatchRequest() {
		return this.request;
	}

	synchronized ServletResponse dispatchResponse() {
		return this.response;
	}

	@Override
	public void complete() {
		synchronized (this) {
			requireOpen();
			if (!comeBack(State.COMPLETING)) {
				return;
			}
		}
		this.cycle.resume();
	}

	@Override
	public void start(Runnable run) {
		synchronized (this) {
			requireOpen();
		}
		this.exchange.resume(() -> this.cycle.inContext(run));
	}

	@Override
	public void addListener(AsyncListener listener) {
		synchronized (this) {
			// Its events have the very objects that startAsync was called with.
			addListener(listener, this.request, this.response);
		}
	}

	@Override
	public synchronized void addListener(AsyncListener listener, @Nullable ServletRequest request,
			@Nullable ServletResponse response) {
		// Another thread may have dispatched or completed already: a filter on its way
		// out
		// is in its right until the container's thread has returned.
		if (this.state == State.IDLE || this.state == State.ENDED) {
			requireOpen();
		}
		this.listeners.add(new Listening(listener, request, response));
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		return ComponentFactory.create(type);
	}

	@Override
	public synchronized long getTimeout() {
		return this.timeout;
	}

	@Override
	public synchronized void setTimeout(long timeout) {
		if (this.state != State.STARTED) {
			throw new IllegalStateException("The timeout can be set only before the request returns to the container");
		}
		this.timeout = timeout;
	}

	private record Listening(AsyncListener listener, @Nullable ServletRequest request,
			@Nullable ServletResponse response) {

	}

	/**
	 * Where a request is dispatched to.
	 *
	 * @param target the servlet, {@code null} where none is mapped
	 * @param requestUri the raw path, with the context path
	 * @param queryString the query, {@code null} to leave that of the request
	 * @param addsParameters whether the query is not that of the request
	 */
	record AsyncDispatch(@Nullable ServletTarget target, String requestUri, @Nullable String queryString,
			boolean addsParameters) {

	}

	private enum State {

		IDLE, STARTED, WAITING, DISPATCHING, DISPATCHED, COMPLETING, ENDED

	}

	private enum Event {

		ERROR(ServletCycle.Action.ASYNC_ERROR), TIMEOUT(ServletCycle.Action.TIMEOUT),
		READABLE(ServletCycle.Action.READ), WRITABLE(ServletCycle.Action.WRITE);

		private final ServletCycle.Action action;

		Event(ServletCycle.Action action) {
			this.action = action;
		}

	}

}
