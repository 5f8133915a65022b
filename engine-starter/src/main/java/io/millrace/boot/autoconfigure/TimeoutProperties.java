package io.millrace.boot.autoconfigure;

import java.time.Duration;

/**
 * How long a connection may keep the server waiting.
 */
public class TimeoutProperties {

	/**
	 * How long a request head may take from its first byte to its last, and a new
	 * connection to its first byte; then the client gets 408, or the connection is closed
	 * where nothing came. With 0 for ever.
	 */
	private Duration header = Duration.ofSeconds(20);

	/**
	 * How long a connection is kept between a response and the next request; then it is
	 * closed. Should be more than the idle timeout of a proxy before this server. With 0
	 * for ever.
	 */
	private Duration idle = Duration.ofSeconds(60);

	/**
	 * How long a request may take from its head to the last byte of its response, waiting
	 * included; then the client gets 503 or 504, or its response is cut where it has
	 * begun. The application is not interrupted, what it writes later is thrown away.
	 * With 0 for ever.
	 */
	private Duration request = Duration.ofSeconds(0);

	/**
	 * How long a client may take nothing of a response; then the connection is closed.
	 * With 0 for ever.
	 */
	private Duration write = Duration.ofSeconds(30);

	/**
	 * How long a response may make no progress after the client closed its side of the
	 * connection; then the client counts as gone. With 0 for ever.
	 */
	private Duration halfClosed = Duration.ofSeconds(3);

	/**
	 * How long a connection may be silent in both directions after its protocol was
	 * switched (HttpServletRequest.upgrade); then it is closed. With 0 for ever.
	 */
	private Duration upgraded = Duration.ofSeconds(0);

	public Duration getHeader() {
		return this.header;
	}

	public void setHeader(Duration header) {
		this.header = header;
	}

	public Duration getIdle() {
		return this.idle;
	}

	public void setIdle(Duration idle) {
		this.idle = idle;
	}

	public Duration getRequest() {
		return this.request;
	}

	public void setRequest(Duration request) {
		this.request = request;
	}

	public Duration getWrite() {
		return this.write;
	}

	public void setWrite(Duration write) {
		this.write = write;
	}

	public Duration getHalfClosed() {
		return this.halfClosed;
	}

	public void setHalfClosed(Duration halfClosed) {
		this.halfClosed = halfClosed;
	}

	public Duration getUpgraded() {
		return this.upgraded;
	}

	public void setUpgraded(Duration upgraded) {
		this.upgraded = upgraded;
	}

}
