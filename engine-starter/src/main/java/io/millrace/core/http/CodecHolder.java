package io.millrace.core.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Holds something with native memory that one thread at a time works with, and that is to
 * be closed when the exchange has ended: then, or when who is just working with it has
 * finished. Nobody waits.
 *
 * <pre>
 *   FREE ⇄ BUSY ──▶ LEAVING ──▶ CLOSED
 *     └───────── close ──────────▲
 * </pre>
 *
 * @param <T> what is held
 */
final class CodecHolder<T> {

	private static final int FREE = 0;

	private static final int BUSY = 1;

	private static final int LEAVING = 2;

	private static final int CLOSED = 3;

	private final AtomicInteger state = new AtomicInteger(FREE);

	private final T codec;

	private final Consumer<T> closer;

	/**
	 * Hold something.
	 * @param codec what is held
	 * @param closer closes it, called once
	 */
	CodecHolder(T codec, Consumer<T> closer) {
		this.codec = codec;
		this.closer = closer;
	}

	/**
	 * Begin to work with it; {@link #leave()} has to follow.
	 * @return what is held, {@code null} where it was closed
	 */
	@Nullable T enter() {
		return this.state.compareAndSet(FREE, BUSY) ? this.codec : null;
	}

	/** The work is done. */
	void leave() {
		if (!this.state.compareAndSet(BUSY, FREE)) {
			this.state.set(CLOSED);
			this.closer.accept(this.codec);
		}
	}

	/** Nobody needs it any more. Any thread may say so, more than once. */
	void close() {
		// Who is in there closes it, and may just be coming or going.
		while (this.state.get() < LEAVING) {
			if (this.state.compareAndSet(FREE, CLOSED)) {
				this.closer.accept(this.codec);
			}
			else {
				this.state.compareAndSet(BUSY, LEAVING);
			}
		}
	}

}
