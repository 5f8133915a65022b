package io.millrace.core.http;

import org.jspecify.annotations.Nullable;

/**
 * What an exchange has become that has switched protocols.
 */
final class Tunnel {

	private final ReceivedBody body;

	private final @Nullable String protocol;

	// Set by whoever speaks the other protocol, told by the event loop.
	private volatile @Nullable Runnable drained;

	/**
	 * Switch.
	 * @param body what the client sends after its request
	 * @param protocol the name of the other protocol, {@code null} where nobody knows
	 */
	Tunnel(ReceivedBody body, @Nullable String protocol) {
		this.body = body;
		this.protocol = protocol;
	}

	ReceivedBody body() {
		return this.body;
	}

	@Nullable String protocol() {
		return this.protocol;
	}

	void onDrain(Runnable listener) {
		this.drained = listener;
	}

	boolean drain() {
		Runnable listener = this.drained;
		if (listener == null) {
			return false;
		}
		listener.run();
		return true;
	}

}
