package io.millrace.servlet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http.Exchange;
import io.netty.util.concurrent.Future;
import jakarta.servlet.AsyncContext;
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
 *                       ▲ │ │ ▲                                   │ │ │
 *            startAsync │ │ │ └── timeout, error, readable or ────┘ │ │
 *              or error │ │ │     writable: a thread comes back     │ │
 *          DISPATCHED ──┘ │ │                                       │ │
 *            │    ▲       ▼ │                                       │ │
 *            │    └── DISPATCHING ◀────────── dispatch() ───────────┘ │
 *            ▼              ▼                                         │
 *        COMPLETED ◀── COMPLETING ◀─────────── complete() ────────────┘
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

	private final AsyncListeners listeners = new AsyncListeners(this);

	// All guarded by this.
	private State state = State.IDLE;

	private final Deque<Event> events = new ArrayDeque<>(2);

	private long timeout = DEFAULT_TIMEOUT;

	private @Nullable Future<?> timer;

	private int round;

	// Whether the dispatch in which the round was started has returned.
	private boolean returned;

	private boolean watching;

	private @Nullable Throwable cause;

	// The client has gone, and no round was there to be told.
	private boolean lost;

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
	 * @throws IllegalStateException in a round that was not dispatched, or after the last
	 */
	void start(ServletRequest request, ServletResponse response, boolean original, AsyncDispatch back) {
		synchronized (this) {
			if (this.state != State.IDLE && this.state != State.DISPATCHED) {
				throw new IllegalStateException("Asynchronous mode can be started once in a dispatch, and within it");
			}
			stopTimer();
			this.state = State.STARTED;
			this.returned = false;
			this.request = request;
			this.response = response;
			this.original = original;
			this.back = back;
			this.timeout = DEFAULT_TIMEOUT;
			this.dispatch = null;
			this.cause = null;
			this.events.remove(Event.ERROR);
			this.events.remove(Event.TIMEOUT);
			if (this.lost) {
				fail(new ClientAbortException(null));
			}
		}
		this.listeners.tellStart();
	}

	/**
	 * As {@link ServletRequest#isAsyncStarted()} says it: dispatch and complete take
	 * effect when the dispatch that started the round has returned.
	 * @return whether the request is in asynchronous mode
	 */
	synchronized boolean isStarted() {
		return switch (this.state) {
			case STARTED, WAITING -> true;
			case DISPATCHING, COMPLETING -> !this.returned;
			case IDLE, DISPATCHED, COMPLETED, ENDED -> false;
		};
	}

	/**
	 * What the container's thread does next, having done what it came for.
	 * @param failed whether an error is to be answered
	 * @return the action
	 */
	ServletCycle.Action next(boolean failed) {
		boolean watch;
		synchronized (this) {
			this.returned = true;
			if (failed && this.state != State.STARTED) {
				return ServletCycle.Action.ERROR;
			}
			switch (this.state) {
				case DISPATCHING -> {
					this.state = State.DISPATCHED;
					return ServletCycle.Action.ASYNC;
				}
				case COMPLETING, DISPATCHED -> {
					this.state = State.COMPLETED;
					return ServletCycle.Action.COMPLETE;
				}
				case STARTED -> {
					startTimer();
					Event event = this.events.poll();
					if (event != null) {
						return event.action;
					}
					this.state = State.WAITING;
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
	 * Whether the round is over, so that the container has nothing to answer for it.
	 * @return whether it was dispatched or completed
	 */
	synchronized boolean isOver() {
		return this.state != State.STARTED && this.state != State.WAITING;
	}

	// Once in a round, when the dispatch that started it has returned: the time is that
	// of the whole round. Guarded by this.
	private void startTimer() {
		if (this.timeout > 0 && this.timer == null) {
			int current = this.round;
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
			this.round++;
			running.cancel(false);
		}
	}

	// On the event loop.
	private void timedOut(int started) {
		synchronized (this) {
			if (this.round != started || isOver()) {
				return;
			}
			this.events.addFirst(Event.TIMEOUT);
			if (!comeBack(State.STARTED)) {
				return;
			}
		}
		this.cycle.resume();
	}

	// On the event loop, or in next().
	private void exchangeEnded(Exchange.Outcome outcome) {
		if (outcome != Exchange.Outcome.ABORTED) {
			return;
		}
		synchronized (this) {
			this.lost = true;
			if (!isOver()) {
				fail(new ClientAbortException(null));
			}
			if (!comeBack(this.state)) {
				return;
			}
		}
		this.cycle.resume();
	}

	void readable() {
		happened(Event.READABLE);
	}

	void writable() {
		happened(Event.WRITABLE);
	}

	// Between two rounds it waits for the second one.
	private void happened(Event event) {
		synchronized (this) {
			if (!this.events.contains(event)) {
				this.events.add(event);
			}
			if (!comeBack(this.state)) {
				return;
			}
		}
		this.cycle.resume();
	}

	/**
	 * Something was thrown in the container's thread: what was asked for before it is
	 * forgotten, and the listeners decide.
	 * @param thrown what
	 * @return {@code false} where the round is complete, or there is none
	 */
	synchronized boolean failed(Throwable thrown) {
		switch (this.state) {
			case STARTED, DISPATCHING, DISPATCHED -> {
				this.state = State.STARTED;
				fail(thrown);
				return true;
			}
			default -> {
				return false;
			}
		}
	}

	// Guarded by this.
	private void fail(Throwable thrown) {
		if (!this.events.contains(Event.ERROR)) {
			this.cause = thrown;
			this.events.addFirst(Event.ERROR);
		}
	}

	/**
	 * Leave for another state, or stay in this one if a thread is there already.
	 * @return whether a thread has to be sent
	 */
	// Guarded by this.
	private boolean comeBack(State next) {
		boolean absent = this.state == State.WAITING;
		this.state = (next == State.WAITING) ? State.STARTED : next;
		return absent;
	}

	void tellTimeout() {
		this.listeners.tellTimeout();
	}

	void tellError(Throwable thrown) {
		this.listeners.tellError(thrown);
	}

	void tellComplete() {
		this.listeners.tellComplete();
	}

	/**
	 * What was thrown, or went wrong.
	 * @return the cause of the error
	 */
	synchronized Throwable cause() {
		return (this.cause != null) ? this.cause : new IllegalStateException("There is no error");
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
		this.state = State.ENDED;
	}

	@Override
	public synchronized ServletRequest getRequest() {
		requireOpen();
		return this.request;
	}

	@Override
	public synchronized ServletResponse getResponse() {
		requireOpen();
		return this.response;
	}

	// Guarded by this.
	private void requireOpen() {
		if (isOver()) {
			throw new IllegalStateException("The asynchronous mode was left: the request was completed or dispatched");
		}
	}

	// Guarded by this.
	private void requireDispatch(String what) {
		if (this.returned || this.state == State.ENDED) {
			throw new IllegalStateException(
					what + " only before the dispatch that started asynchronous mode returns to the container");
		}
	}

	// Guarded by this.
	private void requireRequest() {
		if (this.state == State.ENDED) {
			throw new IllegalStateException("The request has ended");
		}
	}

	@Override
	public synchronized boolean hasOriginalRequestAndResponse() {
		requireRequest();
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
		synchronized (this) {
			requireOpen();
		}
		if (context != this.cycle.request().getServletContext()) {
			throw new IllegalArgumentException("There is no other application to dispatch to");
		}
		dispatch(this.cycle.dispatchTo(path));
	}

	private void dispatch(AsyncDispatch next) {
		synchronized (this) {
			requireOpen();
			stopTimer();
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
			stopTimer();
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
		this.cycle.start(run);
	}

	@Override
	public synchronized void addListener(AsyncListener listener) {
		// Its events have the very objects that startAsync was called with.
		addListener(listener, this.request, this.response);
	}

	@Override
	public synchronized void addListener(AsyncListener listener, @Nullable ServletRequest request,
			@Nullable ServletResponse response) {
		requireDispatch("A listener can be added");
		this.listeners.add(listener, request, response);
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		synchronized (this) {
			requireRequest();
		}
		return ComponentFactory.create(type);
	}

	@Override
	public synchronized long getTimeout() {
		requireRequest();
		return this.timeout;
	}

	@Override
	public synchronized void setTimeout(long timeout) {
		requireDispatch("The timeout can be set");
		this.timeout = timeout;
	}

	private enum State {

		IDLE, STARTED, WAITING, DISPATCHING, DISPATCHED, COMPLETING, COMPLETED, ENDED

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
