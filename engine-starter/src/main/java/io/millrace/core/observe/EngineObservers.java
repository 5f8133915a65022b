package io.millrace.core.observe;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom an engine tells what happens: its own statistics first, then all observers in
 * their order. One that throws is logged, at most once a minute, and harms neither the
 * others nor what it was told of. Composed once, at start.
 */
public final class EngineObservers implements EngineObserver {

	private static final Logger logger = LoggerFactory.getLogger(EngineObservers.class);

	private static final EngineObserver[] NOBODY = {};

	private final EngineStatistics statistics;

	private final ListenerStatistics listener;

	private final EngineObserver[] observers;

	// Those who want to see each exchange.
	private final EngineObserver[] watching;

	// Those who listen to what happens with every request: most do not.
	private final EngineObserver[] toldOfStarts;

	private final EngineObserver[] toldOfEnds;

	private final EngineObserver[] goingAlong;

	private final LogThrottle throttle = new LogThrottle();

	/**
	 * Compose the observers.
	 * @param statistics counts everything
	 * @param observers are told after that, in their order
	 */
	public EngineObservers(EngineStatistics statistics, List<EngineObserver> observers) {
		this.statistics = statistics;
		this.listener = statistics.main();
		this.observers = observers.toArray(NOBODY);
		this.watching = observers.stream().filter(this::isWatching).toArray(EngineObserver[]::new);
		this.toldOfStarts = listeners("exchangeStarted");
		this.toldOfEnds = listeners("exchangeEnded", boolean.class);
		this.goingAlong = listeners("observeExchange");
	}

	// Whoever has left a method as it is does nothing in it.
	private EngineObserver[] listeners(String event, Class<?>... parameters) {
		return Arrays.stream(this.observers)
			.filter((observer) -> isListening(observer, event, parameters))
			.toArray(EngineObserver[]::new);
	}

	private static boolean isListening(EngineObserver observer, String event, Class<?>... parameters) {
		try {
			return observer.getClass().getMethod(event, parameters).getDeclaringClass() != EngineObserver.class;
		}
		catch (NoSuchMethodException | RuntimeException ex) {
			return true;
		}
	}

	private EngineObservers(EngineObservers all, ListenerStatistics listener) {
		this.statistics = all.statistics;
		this.listener = listener;
		this.observers = all.observers;
		this.watching = all.watching;
		this.toldOfStarts = all.toldOfStarts;
		this.toldOfEnds = all.toldOfEnds;
		this.goingAlong = all.goingAlong;
	}

	/**
	 * The same, for what happens on one listener.
	 * @param name what the listener is called
	 * @return whom its connections tell
	 */
	public EngineObservers on(String name) {
		return new EngineObservers(this, this.statistics.listener(name));
	}

	private boolean isWatching(EngineObserver observer) {
		try {
			return observer.wantsExchanges();
		}
		catch (Throwable ex) {
			failed(observer, ex);
			return false;
		}
	}

	/**
	 * What is counted of the listener.
	 * @return its statistics
	 */
	public ListenerStatistics listener() {
		return this.listener;
	}

	private void tell(Consumer<EngineObserver> event) {
		tell(this.observers, event);
	}

	private void tell(EngineObserver[] listeners, Consumer<EngineObserver> event) {
		for (EngineObserver observer : listeners) {
			try {
				event.accept(observer);
			}
			catch (Throwable ex) {
				failed(observer, ex);
			}
		}
	}

	private void tell(BiConsumer<EngineObserver, String> event, String kind) {
		for (EngineObserver observer : this.observers) {
			try {
				event.accept(observer, kind);
			}
			catch (Throwable ex) {
				failed(observer, ex);
			}
		}
	}

	/**
	 * One has thrown.
	 * @param observer who
	 * @param failure what
	 */
	void failed(Object observer, Throwable failure) {
		if (this.throttle.isDue()) {
			logger.error("{} has failed when it was told what happens in the engine, which goes on",
					observer.getClass().getName(), failure);
		}
	}

	@Override
	public void connectionOpened() {
		this.listener.connectionOpened();
		tell(EngineObserver::connectionOpened);
	}

	@Override
	public @Nullable Consumer<ConnectionSnapshot> observeConnection() {
		Consumer<ConnectionSnapshot> company = null;
		for (EngineObserver observer : this.observers) {
			try {
				Consumer<ConnectionSnapshot> one = observer.observeConnection();
				if (one != null) {
					Consumer<ConnectionSnapshot> guarded = (last) -> tellLast(one, last);
					company = (company != null) ? company.andThen(guarded) : guarded;
				}
			}
			catch (Throwable ex) {
				failed(observer, ex);
			}
		}
		return company;
	}

	private void tellLast(Consumer<ConnectionSnapshot> one, ConnectionSnapshot last) {
		try {
			one.accept(last);
		}
		catch (Throwable ex) {
			failed(one, ex);
		}
	}

	@Override
	public void acceptFailed(String reason) {
		this.listener.acceptFailed(reason);
		tell(EngineObserver::acceptFailed, reason);
	}

	@Override
	public void connectionRefused(String reason) {
		this.listener.connectionRefused(reason);
		tell(EngineObserver::connectionRefused, reason);
	}

	@Override
	public void connectionClosed() {
		this.listener.connectionClosed();
		tell(EngineObserver::connectionClosed);
	}

	@Override
	public void exchangeStarted() {
		this.listener.exchangeStarted();
		tell(this.toldOfStarts, EngineObserver::exchangeStarted);
	}

	/**
	 * An exchange has ended with its response.
	 * @param status the status that was sent
	 */
	public void exchangeCompleted(int status) {
		this.listener.answered(status);
		tell(this.toldOfEnds, (observer) -> observer.exchangeEnded(true));
	}

	/** An exchange has ended otherwise. */
	public void exchangeAborted() {
		this.listener.aborted();
		tell(this.toldOfEnds, (observer) -> observer.exchangeEnded(false));
	}

	@Override
	public @Nullable ExchangeObserver observeExchange() {
		ExchangeCompany company = null;
		for (EngineObserver observer : this.goingAlong) {
			try {
				ExchangeObserver one = observer.observeExchange();
				if (one != null) {
					company = new ExchangeCompany(this, company, one);
				}
			}
			catch (Throwable ex) {
				failed(observer, ex);
			}
		}
		return company;
	}

	@Override
	public boolean wantsExchanges() {
		return this.watching.length > 0;
	}

	@Override
	public void exchangeEnded(ObservedExchange exchange, boolean completed) {
		for (EngineObserver observer : this.watching) {
			try {
				observer.exchangeEnded(exchange, completed);
			}
			catch (Throwable ex) {
				failed(observer, ex);
			}
		}
	}

	@Override
	public void handshakeEnded(boolean completed) {
		this.listener.handshakeEnded(completed);
		tell((observer) -> observer.handshakeEnded(completed));
	}

	@Override
	public void clientAborted() {
		this.statistics.clientAborted();
		tell(EngineObserver::clientAborted);
	}

	@Override
	public void protocolError(String kind) {
		this.statistics.protocolError(kind);
		tell(EngineObserver::protocolError, kind);
	}

	@Override
	public void refused(String reason) {
		this.statistics.refused(reason);
		tell(EngineObserver::refused, reason);
	}

	@Override
	public void rateUnknown() {
		this.statistics.rateUnknown();
		tell(EngineObserver::rateUnknown);
	}

	@Override
	public void abandoned() {
		this.statistics.abandoned();
		tell(EngineObserver::abandoned);
	}

	@Override
	public void timedOut(String kind) {
		this.statistics.timedOut(kind);
		tell(EngineObserver::timedOut, kind);
	}

	@Override
	public void stuck(String kind) {
		this.statistics.stuck(kind);
		tell(EngineObserver::stuck, kind);
	}

	@Override
	public void recovered(String kind) {
		tell(EngineObserver::recovered, kind);
	}

	@Override
	public void loopStalled(LoopStall stall) {
		if (stall.stack() != null) {
			this.statistics.stuck(StuckKind.EVENT_LOOP.id());
		}
		tell((observer) -> observer.loopStalled(stall));
	}

}
