package io.millrace.core.observe;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * An exchange of which nothing is known.
 */
final class NoExchange implements ObservedExchange {

	@Override
	public String connectionId() {
		return "none";
	}

	@Override
	public InetSocketAddress clientAddress() {
		return new InetSocketAddress(0);
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return new InetSocketAddress(0);
	}

	@Override
	public @Nullable String method() {
		return null;
	}

	@Override
	public @Nullable String target() {
		return null;
	}

	@Override
	public @Nullable String protocol() {
		return null;
	}

	@Override
	public @Nullable String requestHeader(String name) {
		return null;
	}

	@Override
	public @Nullable String responseHeader(String name) {
		return null;
	}

	@Override
	public int status() {
		return 0;
	}

	@Override
	public long requestBytes() {
		return 0;
	}

	@Override
	public long responseBytes() {
		return 0;
	}

	@Override
	public boolean kept() {
		return false;
	}

	@Override
	public @Nullable String refusal() {
		return null;
	}

	@Override
	public String mode() {
		return UNHANDLED;
	}

	@Override
	public String priority() {
		return "normal";
	}

	@Override
	public long arrivedNanos() {
		return 0;
	}

	@Override
	public long waitNanos() {
		return 0;
	}

	@Override
	public long serviceNanos() {
		return 0;
	}

}
