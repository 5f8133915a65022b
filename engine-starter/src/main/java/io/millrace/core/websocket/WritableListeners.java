package io.millrace.core.websocket;

import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * All who wait until the client takes more. A response body knows only one. Any thread
 * may call.
 */
final class WritableListeners {

	private final ResponseBody body;

	// Guarded by this.
	private @Nullable List<Runnable> waiting;

	private boolean over;

	WritableListeners(ResponseBody body) {
		this.body = body;
	}

	/**
	 * Be told once when the client takes more, or the connection has ended.
	 * @param listener told by any thread, must not block
	 */
	void add(Runnable listener) {
		boolean now;
		synchronized (this) {
			now = this.over;
			if (!now) {
				if (this.waiting == null) {
					this.waiting = new ArrayList<>(2);
				}
				this.waiting.add(listener);
			}
		}
		if (now) {
			listener.run();
		}
		else {
			this.body.onWritable(this::tell);
		}
	}

	private void tell() {
		List<Runnable> told;
		synchronized (this) {
			told = this.waiting;
			this.waiting = null;
		}
		if (told != null) {
			told.forEach(Runnable::run);
		}
	}

	/** The connection has ended. */
	void end() {
		synchronized (this) {
			this.over = true;
		}
		tell();
	}

}
