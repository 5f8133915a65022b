package io.millrace.core.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where an exchange is handled: by the event loop, or by a worker, or by nobody
 * because all are busy.
 */
public final class Dispatcher {

	private static final Logger logger = LoggerFactory.getLogger(Dispatcher.class);

	// As the deadline is called that has passed.
	private static final String EXPIRED = "request";

	private static final String INLINE = WorkerMode.INLINE.id();

	private final Routes routes;

	private final ExchangeHandler application;

	private final boolean applicationMayBlock;

	private final HttpServices services;

	private final Lanes lanes;

	private final @Nullable RateGate rates;

	private final @Nullable Admission admission;

	private final DispatchOptions options;

	private final long maxWaitNanos;

	private final long timeoutNanos;

	private final Map<Refusal, RefusalAnswer> answers = new EnumMap<>(Refusal.class);

	private final EngineObserver observer;

	/**
	 * Create a dispatcher.
	 * @param routes what the engine answers before the application
	 * @param application who answers everything else
	 * @param services what the engine supplies to all exchanges
	 * @param lanes which of the application's requests are run otherwise than the others
	 * @param admission bounds how many of the application's requests are in flight,
	 * {@code null} where nothing does
	 * @param options how long requests wait, and what the refused are told
	 * @param observer is told of refusals
	 */
	public Dispatcher(Routes routes, ExchangeHandler application, HttpServices services, Lanes lanes,
			@Nullable Admission admission, DispatchOptions options, EngineObserver observer) {
		this.routes = routes;
		this.application = options.interruptOnDisconnect() ? new InterruptingHandler(application) : application;
		this.applicationMayBlock = application.mayBlock();
		this.services = services;
		this.lanes = lanes;
		RateLimiter rateLimiter = services.rateLimiter();
		this.rates = (rateLimiter != null) ? new RateGate(rateLimiter, this, observer) : null;
		this.admission = admission;
		this.options = options;
		this.maxWaitNanos = options.maxWait().toNanos();
		this.timeoutNanos = options.timeout().toNanos();
		this.observer = observer;
		for (Refusal reason : Refusal.values()) {
			this.answers.put(reason, new RefusalAnswer(reason, options.refusalStatus(), options.retryAfterSeconds()));
		}
	}

	private Dispatcher(Dispatcher other, Routes routes) {
		this.routes = routes;
		this.application = other.application;
		this.applicationMayBlock = other.applicationMayBlock;
		this.services = other.services;
		this.lanes = other.lanes;
		RateLimiter rateLimiter = other.services.rateLimiter();
		this.rates = (rateLimiter != null) ? new RateGate(rateLimiter, this, other.observer) : null;
		this.admission = other.admission;
		this.options = other.options;
		this.maxWaitNanos = other.maxWaitNanos;
		this.timeoutNanos = other.timeoutNanos;
		this.answers.putAll(other.answers);
		this.observer = other.observer;
	}

	/**
	 * The same for connections of plain HTTP whose requests are sent to HTTPS.
	 * @param redirect answers in the place of routes and application
	 * @return another dispatcher, with the same workers and limits
	 */
	public Dispatcher redirecting(HttpsRedirect redirect) {
		return new Dispatcher(this, this.routes.behind(redirect));
	}

	/**
	 * What the engine supplies to all exchanges.
	 * @return the services
	 */
	public HttpServices services() {
		return this.services;
	}

	/**
	 * Whether the application's exchanges go to workers.
	 * @return whether it pays to {@linkplain ExchangeStream#lend lend} a connection
	 */
	public boolean mayLend() {
		return this.applicationMayBlock;
	}

	/**
	 * Why a request is refused, as far as that is known without asking anybody to take
	 * it: then it needs no exchange. Called on the event loop for every request, before
	 * there is an exchange; told to the observer.
	 * @param request its head
	 * @return what its client is told, {@code null} to go on
	 */
	public @Nullable RefusalAnswer refusal(RequestHead request) {
		boolean limited = this.admission != null && this.admission.isFull();
		boolean full = this.applicationMayBlock && this.services.workers().isFull();
		if (!limited && !full) {
			return null;
		}
		Refusal reason = refusal(request, limited);
		if (reason == null) {
			return null;
		}
		if (reason == Refusal.FULL) {
			this.services.workers().refused();
		}
		this.observer.refused(reason.id());
		return answer(reason);
	}

	// Who has a way of its own may have room there.
	private @Nullable Refusal refusal(RequestHead request, boolean limited) {
		if (request.target().form() == RequestTarget.Form.ASTERISK || this.routes.find(request) != null) {
			return null;
		}
		Lane lane = this.lanes.find(request);
		if (limited && isCounted(lane)) {
			return Refusal.LIMIT;
		}
		return (lane == null) ? Refusal.FULL : null;
	}

	/**
	 * Whether a request had better wait on the event loop for what is missing of its
	 * body: a worker would only wait for it too, and there is not one to spare. Called on
	 * the event loop. From the first answer on the time of the request counts.
	 * @param exchange the exchange, which was not dispatched yet
	 * @return {@code false} if it should be dispatched as it is
	 */
	public boolean isHeld(Exchange exchange) {
		if (!this.services.workers().isCrowded() || this.routes.find(exchange.request()) != null) {
			return false;
		}
		Lane lane = this.lanes.find(exchange.request());
		limit(exchange, (lane != null) ? lane.timeoutNanos(this.timeoutNanos) : this.timeoutNanos);
		return (lane != null) ? lane.hasWorkers() : this.applicationMayBlock;
	}

	/**
	 * Have an exchange handled. Called on the event loop; handing over to a worker is the
	 * last thing that the loop does with it, so there is no race to settle.
	 * @param exchange the exchange
	 */
	public void dispatch(Exchange exchange) {
		RequestDecompression decompression = this.services.decompression();
		if (decompression != null && !decompression.accepts(exchange.request())) {
			String kind = ProtocolException.Kind.UNSUPPORTED.id();
			this.observer.protocolError(kind);
			exchange.refused(kind);
			this.services.errors().unsupportedCoding(exchange, decompression.accepted());
		}
		else if (this.rates != null) {
			this.rates.enter(exchange);
		}
		else {
			dispatchAdmitted(exchange);
		}
	}

	/**
	 * How urgent a request is, for those who want to see what was refused.
	 * @param request its head
	 * @return its priority
	 */
	public Priority priority(RequestHead request) {
		Lane lane = this.lanes.find(request);
		return (lane != null) ? lane.priority() : Priority.NORMAL;
	}

	/**
	 * Have an exchange handled of which there are not too many.
	 * @param exchange the exchange
	 */
	void dispatchAdmitted(Exchange exchange) {
		if (exchange.request().target().form() == RequestTarget.Form.ASTERISK) {
			answerAsterisk(exchange);
			return;
		}
		ExchangeHandler route = this.routes.find(exchange.request());
		if (route != null) {
			dispatch(exchange, route, route.mayBlock());
			return;
		}
		Lane lane = this.lanes.find(exchange.request());
		if (lane != null) {
			dispatched(exchange, lane.mode(), lane.priority());
		}
		if (this.admission != null && !admit(exchange, this.admission, lane)) {
			refuse(exchange, Refusal.LIMIT);
		}
		else if (lane != null) {
			dispatch(exchange, lane);
		}
		else {
			limit(exchange, this.timeoutNanos);
			dispatch(exchange, this.application, this.applicationMayBlock);
		}
	}

	/**
	 * An exchange has to wait before it is known how it is run.
	 * @param exchange the exchange
	 */
	void dispatchLater(Exchange exchange) {
		RequestHead request = exchange.request();
		if (request.target().form() != RequestTarget.Form.ASTERISK && this.routes.find(request) == null) {
			Lane lane = this.lanes.find(request);
			limit(exchange, (lane != null) ? lane.timeoutNanos(this.timeoutNanos) : this.timeoutNanos);
		}
	}

	// What is urgent comes through in any case, and what has a bulkhead is bounded by
	// that: the time of neither says anything of the others.
	private static boolean isCounted(@Nullable Lane lane) {
		return lane == null || (lane.priority() != Priority.HIGH && lane.bulkhead() == null);
	}

	private static boolean admit(Exchange exchange, Admission admission, @Nullable Lane lane) {
		if (!isCounted(lane)) {
			return true;
		}
		Priority priority = (lane != null) ? lane.priority() : Priority.NORMAL;
		Admission.Permit permit = admission.tryAcquire(priority);
		if (permit != null) {
			exchange.admitted(new AdmittedExchange(permit));
		}
		return permit != null;
	}

	private static void limit(Exchange exchange, long nanos) {
		if (nanos > 0) {
			exchange.stream().limit(exchange, nanos);
		}
	}

	/**
	 * A request has taken longer than it may. Called on the event loop.
	 * @param exchange the exchange
	 */
	public void expired(Exchange exchange) {
		exchange.dropped();
		if (exchange.takeOver()) {
			exchange.refused(EXPIRED);
			this.services.errors().timedOut(exchange, this.options.timeoutStatus(), this.options.retryAfterSeconds());
		}
		else if (!exchange.responseBody().isEnded()) {
			exchange.stream().reset(exchange);
		}
	}

	// RFC 9110 §9.3.7: OPTIONS * is about the server, of which no application knows.
	private static void answerAsterisk(Exchange exchange) {
		exchange.response().headers().set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
		exchange.responseBody().write(null, true);
	}

	private void dispatch(Exchange exchange, Lane lane) {
		limit(exchange, lane.timeoutNanos(this.timeoutNanos));
		if (lane.isLending()) {
			exchange.stream().lend(exchange);
		}
		if (!lane.submit(new LaneWork(this, exchange, this.application, latestStart(), lane))) {
			refuse(exchange, (lane.bulkhead() != null) ? Refusal.ROUTE : Refusal.FULL);
		}
	}

	private void dispatch(Exchange exchange, ExchangeHandler handler, boolean mayBlock) {
		if (!mayBlock) {
			dispatched(exchange, INLINE, Priority.NORMAL);
			run(exchange, handler);
			return;
		}
		dispatched(exchange, this.services.workers().mode(), Priority.NORMAL);
		exchange.stream().lend(exchange);
		ExchangeWork work = new ExchangeWork(this, exchange, handler, latestStart());
		if (!this.services.workers().tryExecute(work, exchange.stream().executor())) {
			refuse(exchange, Refusal.FULL);
		}
	}

	private static void dispatched(Exchange exchange, String mode, Priority priority) {
		ExchangeObservation observation = exchange.observation();
		if (observation != null) {
			observation.dispatched(mode, priority);
		}
	}

	// Zero is never, and what is zero by accident waits a nanosecond longer.
	private long latestStart() {
		return (this.maxWaitNanos > 0) ? (System.nanoTime() + this.maxWaitNanos) | 1 : 0;
	}

	/**
	 * Answer for the application, which has not begun. Any thread may call.
	 * @param exchange the exchange
	 * @param reason why
	 */
	void refuse(Exchange exchange, Refusal reason) {
		refuse(exchange, answer(reason));
	}

	/**
	 * Answer for the application, which has not begun. Any thread may call.
	 * @param exchange the exchange
	 * @param answer why, and what the client is told
	 */
	void refuse(Exchange exchange, RefusalAnswer answer) {
		exchange.dropped();
		exchange.refused(answer.reason().id());
		this.observer.refused(answer.reason().id());
		this.services.errors().refused(exchange, answer);
	}

	// What all are told whose reason says nothing else.
	private RefusalAnswer answer(Refusal reason) {
		return Objects.requireNonNull(this.answers.get(reason));
	}

	/** A request waited for a worker, and its client went away. */
	void abandoned() {
		this.observer.abandoned();
	}

	/**
	 * Have a handler answer. Called by the thread that it is to run on.
	 * @param exchange the exchange
	 * @param handler who answers
	 */
	void run(Exchange exchange, ExchangeHandler handler) {
		exchange.handlerStarts();
		try {
			handler.handle(exchange);
		}
		catch (Throwable ex) {
			// Whatever it is: an exchange that does not end holds its connection for
			// ever.
			report(exchange, ex);
			exchange.fail(ex);
		}
		AdmittedExchange admitted = exchange.admitted();
		if (admitted != null) {
			admitted.handlerReturned();
		}
	}

	// A refusal is an answer, and a client that goes away takes down whoever reads or
	// writes: neither is an error of the server.
	static void report(Exchange exchange, Throwable cause) {
		String method = exchange.request().method();
		String path = exchange.request().target().path();
		if (cause instanceof ProtocolException || exchange.outcome() == Exchange.Outcome.ABORTED) {
			logger.debug("{} {} was given up", method, path, cause);
		}
		else {
			logger.error("{} {} failed", method, path, cause);
		}
	}

}
