package io.millrace.core.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;

import io.millrace.core.observe.ExchangeObserver;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response. It ends exactly once.
 *
 * <pre>
 *            first write              last byte handed to the socket
 *   OPEN ───────────────▶ COMMITTED ───────────────▶ COMPLETED
 *    │ │                      │
 *    │ └─ engine answers ─▶ REFUSED ──────────────▶ COMPLETED
 *    └──── connection lost ───┴───────────────────▶ ABORTED
 * </pre>
 *
 * The phase moves to COMMITTED on the thread that writes first, to REFUSED on the event
 * loop or the thread that gives up, to COMPLETED on the event loop or on the worker that
 * has written the response itself, and to every other phase on the event loop.
 */
public final class Exchange {

	static final Runnable NOTHING = () -> {
	};

	private static final Logger logger = LoggerFactory.getLogger(Exchange.class);

	// As the deadline is called that a connection has missed.
	private static final String UPGRADED = "upgraded";

	private static final AtomicReferenceFieldUpdater<Exchange, Phase> PHASE = AtomicReferenceFieldUpdater
		.newUpdater(Exchange.class, Phase.class, "phase");

	private final ExchangeStream stream;

	private final RequestHead request;

	private final ReceivedBody requestBody;

	// The same, or what it says when it is decompressed.
	private final RequestBody content;

	private final ResponseHead response = new ResponseHead();

	private final ResponseBody responseBody;

	private final HttpServices services;

	private volatile Phase phase = Phase.OPEN;

	// Set by the event loop before anybody else has the exchange; null where nothing is
	// limited.
	private @Nullable AdmittedExchange admitted;

	// Set by the event loop before anybody else has the exchange; null where nobody
	// wants to see it.
	private @Nullable ExchangeObservation observation;

	// Written by the thread of the handler; others may see it late.
	private boolean handled;

	// Owned by the event loop.
	private @Nullable ResponseHead substitute;

	private @Nullable Origin origin;

	// Written once, guarded by this.
	private volatile @Nullable Tunnel tunnel;

	// Guarded by this; may be looked at by anybody.
	private volatile @Nullable List<Consumer<Outcome>> endListeners;

	private @Nullable Outcome told;

	/**
	 * Create an exchange. Called by the stream on the event loop.
	 * @param stream what is beneath it
	 * @param request the head of the request
	 * @param services what the engine supplies to all exchanges
	 */
	public Exchange(ExchangeStream stream, RequestHead request, HttpServices services) {
		this.stream = stream;
		this.services = services;
		this.requestBody = new ReceivedBody(this, !request.framing().hasBody());
		this.responseBody = new ResponseBody(this, services.compression());
		RequestDecompression decompression = services.decompression();
		DecodedBody decoded = (decompression != null) ? decompression.decode(this, request, this.requestBody) : null;
		this.request = (decoded != null) ? RequestDecompression.decoded(request) : request;
		this.content = (decoded != null) ? decoded : this.requestBody;
	}

	/** What the engine supplies to all exchanges. */
	HttpServices services() {
		return this.services;
	}

	/**
	 * The head of the request.
	 * @return the head
	 */
	public RequestHead request() {
		return this.request;
	}

	/**
	 * The body of the request.
	 * @return the body, which may be empty
	 */
	public RequestBody requestBody() {
		return this.content;
	}

	/**
	 * The same body from the side of the stream, as it comes.
	 * @return the body
	 */
	public ReceivedBody receivedBody() {
		return this.requestBody;
	}

	/**
	 * The head of the response.
	 * @return the head, to be changed until {@link #isCommitted()}
	 */
	public ResponseHead response() {
		return this.response;
	}

	/**
	 * The head that is sent. Called by the stream on the event loop.
	 * @return the application's head, or the engine's where the application has failed
	 */
	public ResponseHead sentHead() {
		return (this.substitute != null) ? this.substitute : this.response;
	}

	/**
	 * Answer with another head than the application's, which its threads may still be
	 * changing. Called on the event loop.
	 * @return the empty head that is sent from now on
	 */
	public ResponseHead substituteHead() {
		this.substitute = new ResponseHead();
		return this.substitute;
	}

	/**
	 * The body of the response.
	 * @return the body
	 */
	public ResponseBody responseBody() {
		return this.responseBody;
	}

	/**
	 * Whether the protocol can be switched.
	 * @return {@code false} after the first write, and where the protocol version of the
	 * request has no way to do so
	 */
	public boolean isUpgradable() {
		return !isCommitted() && this.stream.isUpgradable(this);
	}

	/**
	 * Switch protocols (RFC 9110 §7.8). The first write sends a head that says so, with
	 * the fields of {@link #response()}; what is written from then on is sent as it is,
	 * and the last write ends the connection. Setting another status before the first
	 * write takes it back. To be called once.
	 * @return what the client sends after its request, to the end of its side
	 */
	public RequestBody upgrade() {
		return upgrade(null);
	}

	/**
	 * Switch protocols as {@link #upgrade()} does.
	 * @param protocol the name of the other protocol, for those who look at connections
	 * @return what the client sends after its request, to the end of its side
	 */
	public RequestBody upgrade(@Nullable String protocol) {
		ReceivedBody body = new ReceivedBody(this, false);
		boolean ended;
		synchronized (this) {
			this.tunnel = new Tunnel(body, protocol);
			ended = this.told != null;
		}
		if (ended) {
			body.discard();
		}
		this.response.switching();
		return body;
	}

	/**
	 * What the client sends after its request, from the side of the stream.
	 * @return the body, {@code null} unless {@link #upgrade()} was called
	 */
	public @Nullable ReceivedBody upgradedBody() {
		Tunnel switched = this.tunnel;
		return (switched != null) ? switched.body() : null;
	}

	/**
	 * To what the protocol was switched. Any thread may ask.
	 * @return the name of the protocol, {@code null} where it was not switched or nobody
	 * knows
	 */
	public @Nullable String upgradedTo() {
		Tunnel switched = this.tunnel;
		return (switched != null) ? switched.protocol() : null;
	}

	/**
	 * Be told when the server is going to stop, to say goodbye in the other protocol and
	 * end the response soon. Without a listener it is as if the client had closed its
	 * side. To be called after {@link #upgrade()} and before the first write.
	 * @param listener called by the event loop, perhaps more than once, must not block
	 */
	public void onDrain(Runnable listener) {
		Tunnel switched = this.tunnel;
		if (switched == null) {
			throw new IllegalStateException("The protocol was not switched");
		}
		switched.onDrain(listener);
	}

	/**
	 * The server is going to stop. Called by the stream on the event loop.
	 * @return {@code false} where nobody in the other protocol wants to know
	 */
	public boolean drainUpgraded() {
		Tunnel switched = this.tunnel;
		return switched != null && switched.drain();
	}

	/**
	 * Count that the client has broken the rules of the protocol that was switched to.
	 * Any thread may call.
	 * @param kind what is counted
	 */
	public void violated(ProtocolException.Kind kind) {
		this.services.observer().protocolError(kind.id());
	}

	/**
	 * Count that the client has kept us waiting for too long after the protocol was
	 * switched. Any thread may call.
	 */
	public void silent() {
		this.services.observer().timedOut(UPGRADED);
	}

	/**
	 * Where the request came from and what it asked for, with the forwarded headers of
	 * trusted proxies considered if the engine is told to.
	 * @return scheme, host, port and client address
	 */
	public Origin origin() {
		Origin known = this.origin;
		if (known == null) {
			known = this.services.origins().resolve(this.request, this.stream.connection());
			this.origin = known;
		}
		return known;
	}

	/**
	 * The address of the client, as {@link #origin} has it.
	 * @return the address
	 */
	public InetSocketAddress client() {
		return this.services.origins().isClientDirect() ? connection().remoteAddress() : origin().client();
	}

	/**
	 * The connection.
	 * @return what a handler may know of it
	 */
	public ConnectionInfo connection() {
		return this.stream.connection();
	}

	/**
	 * What names this exchange within its connection.
	 * @return the number of the stream in HTTP/2 and later, empty before
	 */
	public String requestId() {
		return this.stream.requestId();
	}

	/**
	 * The allocator of the connection; any thread may allocate.
	 * @return the allocator
	 */
	public ByteBufAllocator allocator() {
		return this.stream.allocator();
	}

	/**
	 * What is beneath this exchange, for the classes of the engine.
	 * @return the stream
	 */
	public ExchangeStream stream() {
		return this.stream;
	}

	/**
	 * Measure this exchange. Called by the stream, when the head has just come and nobody
	 * else has the exchange.
	 * @param company who goes along with it, {@code null} for nobody
	 * @return what is measured
	 */
	public ExchangeObservation observe(@Nullable ExchangeObserver company) {
		ExchangeObservation begun = new ExchangeObservation(this, company);
		this.observation = begun;
		return begun;
	}

	/**
	 * What is measured of this exchange; also while it goes on, and by its handler: how
	 * long it has waited, and what runs it.
	 * @return what is measured, {@code null} where nobody
	 * {@linkplain io.millrace.core.observe.EngineObserver#wantsExchanges() wants} to see
	 * exchanges
	 */
	public @Nullable ExchangeObservation observation() {
		return this.observation;
	}

	/** The handler begins. Called by the thread that it runs on. */
	void handlerStarts() {
		this.handled = true;
		if (this.admitted != null) {
			this.admitted.handlerStarts();
		}
		if (this.observation != null) {
			this.observation.handlerStarts();
		}
	}

	/**
	 * Whether its handler has begun. Any thread may ask.
	 * @return {@code false} while it waits, and where it is refused
	 */
	public boolean isHandled() {
		return this.handled;
	}

	/**
	 * How long it has waited for its handler.
	 * @return nanoseconds, 0 where that is not measured
	 */
	public long waitedNanos() {
		return (this.observation != null) ? this.observation.waitNanos() : 0;
	}

	/** The engine answers for the application; any thread may say why. */
	void refused(String reason) {
		if (this.observation != null) {
			this.observation.refused(reason);
		}
	}

	/**
	 * Run something that may block for this exchange, which has been admitted already: it
	 * is never refused, but may have to wait for a worker.
	 * @param task the work
	 */
	public void resume(Runnable task) {
		this.services.workers().resume(task, this.stream.executor());
	}

	/**
	 * The exchange has a permit, which it returns when it has ended.
	 * @param held the permit
	 */
	void admitted(AdmittedExchange held) {
		this.admitted = held;
	}

	/**
	 * The permit.
	 * @return the permit, {@code null} where it needs none
	 */
	@Nullable AdmittedExchange admitted() {
		return this.admitted;
	}

	/** Too much is asked of the server, and the exchange is given up for that. */
	void dropped() {
		if (this.admitted != null) {
			this.admitted.dropped();
		}
	}

	/**
	 * Whether the head is fixed.
	 * @return {@code false} only before the first write
	 */
	public boolean isCommitted() {
		return this.phase != Phase.OPEN;
	}

	/**
	 * Fix the head.
	 * @return whether the application's writes are wanted; {@code false} once the engine
	 * has answered or the exchange has ended
	 */
	boolean commit() {
		if (PHASE.compareAndSet(this, Phase.OPEN, Phase.COMMITTED)) {
			AdmittedExchange held = this.admitted;
			if (held != null && this.response.isStream()) {
				held.unanswered();
			}
			return true;
		}
		return this.phase == Phase.COMMITTED || (this.phase == Phase.COMPLETED && this.responseBody.isEnded());
	}

	/**
	 * Take the answer out of the application's hands. Any thread may call.
	 * @return {@code true} if the head was not fixed: the stream has to answer with
	 * {@link #substituteHead()}, and what the application writes is discarded
	 */
	public boolean takeOver() {
		return PHASE.compareAndSet(this, Phase.OPEN, Phase.REFUSED);
	}

	/**
	 * Give up: 500 if nothing was committed, otherwise the response is cut so that the
	 * client sees that it is not whole. A {@link ProtocolException} is answered as it
	 * says. May be called from any thread and at any time.
	 * @param cause why; not shown to the client, not logged
	 */
	public void fail(Throwable cause) {
		ProtocolException refusal = (cause instanceof ProtocolException known) ? known : null;
		// At once: who calls may go on and answer, and would be cut off in the middle.
		boolean taken = takeOver();
		execute(() -> failInLoop(refusal, taken), NOTHING);
	}

	private void failInLoop(@Nullable ProtocolException refusal, boolean taken) {
		if (outcome() != null) {
			return;
		}
		if (taken || takeOver()) {
			if (refusal != null) {
				this.stream.refuse(this, refusal);
			}
			else {
				this.services.errors().internalError(this);
			}
		}
		else if (this.phase == Phase.COMMITTED && !this.responseBody.isEnded()) {
			this.stream.reset(this);
		}
	}

	/**
	 * Run something on the event loop, at once where the loop calls.
	 * @param task what to run
	 * @param otherwise what to run where the loop has ended, with all its connections
	 */
	void execute(Runnable task, Runnable otherwise) {
		EventExecutor loop = this.stream.executor();
		if (loop.inEventLoop()) {
			task.run();
			return;
		}
		try {
			loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			otherwise.run();
		}
	}

	/**
	 * How the exchange has ended.
	 * @return the outcome, {@code null} while it has not
	 */
	public @Nullable Outcome outcome() {
		return switch (this.phase) {
			case COMPLETED -> Outcome.COMPLETED;
			case ABORTED -> Outcome.ABORTED;
			default -> null;
		};
	}

	/**
	 * Be told how the exchange ended, once: by the thread that ends it, mostly the event
	 * loop, or at once by the calling thread if it has.
	 * @param listener told the outcome, must not block
	 */
	public void onEnd(Consumer<Outcome> listener) {
		Outcome outcome;
		synchronized (this) {
			outcome = this.told;
			if (outcome == null) {
				List<Consumer<Outcome>> listeners = this.endListeners;
				if (listeners == null) {
					listeners = new ArrayList<>(2);
					this.endListeners = listeners;
				}
				listeners.add(listener);
			}
		}
		if (outcome != null) {
			listener.accept(outcome);
		}
	}

	// Listeners to the end are used to being told by the loop.
	boolean mayEndOnWorker() {
		return this.endListeners == null && this.services.workers().isAtLeisure();
	}

	/**
	 * The last byte of the response was handed to the socket. Called by the stream on the
	 * event loop, or by the worker that does so.
	 */
	public void complete() {
		end(Phase.COMPLETED, Outcome.COMPLETED, null);
	}

	/**
	 * The connection was lost, or the response cannot be finished. Called by the stream
	 * on the event loop; does nothing after the end.
	 * @param cause what a consumer of the body is told
	 */
	public void abort(IOException cause) {
		end(Phase.ABORTED, Outcome.ABORTED, cause);
	}

	private void end(Phase end, Outcome outcome, @Nullable IOException cause) {
		List<Consumer<Outcome>> listeners;
		Tunnel switched;
		boolean answered;
		synchronized (this) {
			if (this.told != null) {
				return;
			}
			answered = this.phase == Phase.COMMITTED && end == Phase.COMPLETED;
			this.phase = end;
			this.told = outcome;
			switched = this.tunnel;
			listeners = this.endListeners;
			this.endListeners = null;
		}
		if (cause != null) {
			this.requestBody.fail(cause);
		}
		else if (this.request.framing().hasBody()) {
			this.requestBody.discard();
		}
		if (this.content instanceof DecodedBody decoded) {
			decoded.close();
		}
		if (switched != null) {
			endUpgraded(switched.body(), cause);
		}
		if (this.admitted != null) {
			endAdmission(this.admitted, answered);
		}
		if (listeners != null) {
			listeners.forEach((listener) -> tell(listener, outcome));
		}
		this.responseBody.exchangeEnded();
	}

	// An application that fails is often quick, and a response that had to wait for its
	// client was not slow by itself: neither says how the application does.
	private void endAdmission(AdmittedExchange held, boolean answered) {
		if (answered) {
			held.answered(this.response.status() < 500 && !this.responseBody.wasThrottled());
		}
		else {
			held.unanswered();
		}
	}

	private static void endUpgraded(ReceivedBody upgraded, @Nullable IOException cause) {
		if (cause != null) {
			upgraded.fail(cause);
		}
		else {
			upgraded.discard();
		}
	}

	private static void tell(Consumer<Outcome> listener, Outcome outcome) {
		try {
			listener.accept(outcome);
		}
		catch (Throwable ex) {
			logger.error("A listener to the end of an exchange failed", ex);
		}
	}

	/** How an exchange ends. */
	public enum Outcome {

		/** The response was handed to the socket, whole. */
		COMPLETED,

		/** The client went away, or the response could not be finished. */
		ABORTED

	}

	private enum Phase {

		OPEN, COMMITTED, REFUSED, COMPLETED, ABORTED

	}

}
