package io.millrace.core.http;

import java.net.InetSocketAddress;

import io.millrace.core.observe.ExchangeObserver;
import io.millrace.core.observe.ObservedExchange;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of an exchange besides what it knows itself: there is one only where
 * somebody wants to see exchanges. Written by the event loop until the exchange is handed
 * over, by the thread of the handler when it begins, and by the owner of the connection
 * at the end; where an exchange ends while its handler is about to begin, it may be seen
 * either way.
 */
public final class ExchangeObservation implements ObservedExchange {

	private final Exchange exchange;

	private final @Nullable ExchangeObserver company;

	// By System.nanoTime(), as the others.
	private final long arrived = System.nanoTime();

	// These two only of what is no request.
	private @Nullable String method;

	private @Nullable String target;

	private String mode = UNHANDLED;

	private Priority priority = Priority.NORMAL;

	private @Nullable String refusal;

	// These two are 0 before, which no time is.
	private long handlerStarted;

	private long ended;

	private int status;

	private long responseBytes;

	private boolean kept;

	/**
	 * Begin to observe an exchange whose head has just come.
	 * @param exchange the exchange
	 * @param company who goes along with it, {@code null} for nobody
	 */
	ExchangeObservation(Exchange exchange, @Nullable ExchangeObserver company) {
		this.exchange = exchange;
		this.company = company;
	}

	/**
	 * What has come was no request, but begins like one.
	 * @param method the method
	 * @param target what it asked for
	 */
	public void resembles(String method, String target) {
		this.method = method;
		this.target = target;
	}

	private static long now() {
		return System.nanoTime() | 1;
	}

	/**
	 * It is settled what is to run the handler.
	 * @param mode how that is called
	 * @param priority how urgent the exchange is
	 */
	void dispatched(String mode, Priority priority) {
		this.mode = mode;
		this.priority = priority;
	}

	/**
	 * It is refused before it is settled what is to run it.
	 * @param reason why, as observers are told it
	 * @param priority how urgent it is
	 */
	public void refused(String reason, Priority priority) {
		refused(reason);
		this.priority = priority;
	}

	/**
	 * Somebody else runs the handler.
	 * @param mode how that is called
	 */
	void movedTo(String mode) {
		this.mode = mode;
	}

	/** The handler begins, on the calling thread. */
	void handlerStarts() {
		this.handlerStarted = now();
		if (this.company != null) {
			this.company.handlerStarts(this);
		}
	}

	/**
	 * The engine answers for the application. The first reason is the one that counts.
	 * @param reason why, as observers are told it
	 */
	public void refused(String reason) {
		if (this.refusal == null) {
			this.refusal = reason;
		}
	}

	/**
	 * It has ended.
	 * @param status the status that was sent, 0 where none was
	 * @param responseBytes how many bytes of the content were handed to the socket
	 * @param kept whether the connection stays for further requests
	 */
	public void ended(int status, long responseBytes, boolean kept) {
		this.ended = now();
		this.status = status;
		this.responseBytes = responseBytes;
		this.kept = kept;
	}

	/**
	 * Tell those who go along with it of its end.
	 * @param completed whether the response was handed to the socket, whole
	 */
	public void tellCompany(boolean completed) {
		if (this.company != null) {
			this.company.ended(this, completed);
		}
	}

	@Override
	public String connectionId() {
		return this.exchange.connection().id();
	}

	@Override
	public InetSocketAddress clientAddress() {
		return this.exchange.client();
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.exchange.connection().remoteAddress();
	}

	@Override
	public @Nullable String method() {
		RequestHead request = this.exchange.request();
		return request.isUnknown() ? this.method : request.method();
	}

	@Override
	public @Nullable String target() {
		RequestHead request = this.exchange.request();
		return request.isUnknown() ? this.target : request.target().asSent();
	}

	@Override
	public @Nullable String protocol() {
		RequestHead request = this.exchange.request();
		return request.isUnknown() ? null : request.version().text();
	}

	@Override
	public @Nullable String requestHeader(String name) {
		return this.exchange.request().headers().get(name);
	}

	@Override
	public @Nullable String responseHeader(String name) {
		return this.exchange.sentHead().headers().get(name);
	}

	@Override
	public int status() {
		return this.status;
	}

	@Override
	public long requestBytes() {
		ReceivedBody upgraded = this.exchange.upgradedBody();
		return this.exchange.requestBody().received() + ((upgraded != null) ? upgraded.received() : 0);
	}

	@Override
	public long responseBytes() {
		return this.responseBytes;
	}

	@Override
	public boolean kept() {
		return this.kept;
	}

	@Override
	public @Nullable String refusal() {
		return this.refusal;
	}

	@Override
	public String mode() {
		return (this.handlerStarted != 0) ? this.mode : UNHANDLED;
	}

	@Override
	public String priority() {
		return this.priority.id();
	}

	@Override
	public long arrivedNanos() {
		return this.arrived;
	}

	@Override
	public long waitNanos() {
		long started = this.handlerStarted;
		return Math.max(0, ((started != 0) ? started : end()) - this.arrived);
	}

	@Override
	public long serviceNanos() {
		long started = this.handlerStarted;
		return (started != 0) ? Math.max(0, end() - started) : 0;
	}

	// An exchange that has not ended goes on until now.
	private long end() {
		return (this.ended != 0) ? this.ended : now();
	}

}
