package io.millrace.accesslog;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;

import io.millrace.core.observe.ObservedExchange;

/**
 * A request that was, or was not: {@code GET /hello?name=world} unless a test says
 * otherwise.
 */
final class FakeExchange implements ObservedExchange {

	String method = "GET";

	String target = "/hello?name=world";

	String protocol = "HTTP/1.1";

	InetSocketAddress client = address("192.0.2.7", 0);

	InetSocketAddress remote = address("10.0.0.1", 40123);

	int status = 200;

	long requestBytes;

	long responseBytes = 5;

	boolean kept = true;

	String refusal;

	String mode = "pool";

	String priority = "normal";

	long waitNanos = 250_000;

	long serviceNanos = 1_250_000_000;

	private final Map<String, String> requestHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private final Map<String, String> responseHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	static InetSocketAddress address(String ip, int port) {
		try {
			return new InetSocketAddress(InetAddress.getByName(ip), port);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/** What came was no request. */
	static FakeExchange noRequest() {
		FakeExchange exchange = new FakeExchange();
		exchange.method = null;
		exchange.target = null;
		exchange.protocol = null;
		exchange.kept = false;
		exchange.status = 400;
		exchange.refusal = "syntax";
		exchange.mode = UNHANDLED;
		exchange.serviceNanos = 0;
		return exchange;
	}

	FakeExchange target(String target) {
		this.target = target;
		return this;
	}

	FakeExchange status(int status) {
		this.status = status;
		return this;
	}

	FakeExchange header(String name, String value) {
		this.requestHeaders.put(name, value);
		return this;
	}

	FakeExchange responseHeader(String name, String value) {
		this.responseHeaders.put(name, value);
		return this;
	}

	@Override
	public String connectionId() {
		return "c-17";
	}

	@Override
	public InetSocketAddress clientAddress() {
		return this.client;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.remote;
	}

	@Override
	public String method() {
		return this.method;
	}

	@Override
	public String target() {
		return this.target;
	}

	@Override
	public String protocol() {
		return this.protocol;
	}

	@Override
	public String requestHeader(String name) {
		return this.requestHeaders.get(name);
	}

	@Override
	public String responseHeader(String name) {
		return this.responseHeaders.get(name);
	}

	@Override
	public int status() {
		return this.status;
	}

	@Override
	public long requestBytes() {
		return this.requestBytes;
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
	public String refusal() {
		return this.refusal;
	}

	@Override
	public String mode() {
		return this.mode;
	}

	@Override
	public String priority() {
		return this.priority;
	}

	@Override
	public long arrivedNanos() {
		return System.nanoTime() - this.waitNanos - this.serviceNanos;
	}

	@Override
	public long waitNanos() {
		return this.waitNanos;
	}

	@Override
	public long serviceNanos() {
		return this.serviceNanos;
	}

}
