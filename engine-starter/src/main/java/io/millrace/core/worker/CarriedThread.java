package io.millrace.core.worker;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A virtual thread on a {@link LoopCarrier}, and its scheduler. Each has one of its own:
 * virtual threads that a handler makes inherit it, are told by their continuation, and
 * left to the JDK's scheduler, as if they had been made anywhere else. So are those of
 * the JDK itself, which outlive every loop.
 */
final class CarriedThread implements Executor {

	private static final Runnable ENDED = () -> {
	};

	private final String name;

	// Null when the thread has ended, as is what follows: those that inherit this
	// scheduler may live for long.
	private volatile @Nullable LoopCarrier carrier;

	private volatile @Nullable Thread thread;

	// Set when the thread is started, before it can have made another one.
	private @Nullable Runnable continuation;

	// Of the thread itself: where it is known as long as it works for a pool.
	private @Nullable Set<Thread> known;

	/**
	 * Create a thread.
	 * @param carrier who runs it
	 * @param name its name
	 * @param body what it does
	 */
	CarriedThread(LoopCarrier carrier, String name, Consumer<CarriedThread> body) {
		this.carrier = carrier;
		this.name = name;
		this.thread = VirtualThreadSchedulers.newThread(this, name, () -> body.accept(this));
	}

	@Nullable Thread thread() {
		return this.thread;
	}

	/** Start the thread. Called once, by whoever made it. */
	void start() {
		Thread made = this.thread;
		if (made != null) {
			made.start();
		}
	}

	// The thread can go on. Called by anybody; must not block.
	@Override
	public void execute(Runnable next) {
		if (this.continuation == null) {
			this.continuation = next;
		}
		LoopCarrier by = this.carrier;
		if (next == this.continuation && by != null) {
			by.ready(this);
		}
		else {
			VirtualThreadSchedulers.jdk().execute(next);
		}
	}

	/** Go on until the thread waits, or ends. Called by a platform thread. */
	void run() {
		Runnable next = this.continuation;
		if (next != null) {
			next.run();
		}
	}

	/** Go on without the carrier, which has ended. */
	void leave() {
		Runnable next = this.continuation;
		if (next != null) {
			VirtualThreadSchedulers.jdk().execute(next);
		}
	}

	/**
	 * Be known as one that is busy. Called by the thread itself.
	 * @param busy who is
	 */
	void enlist(Set<Thread> busy) {
		if (this.known != busy) {
			delist();
			this.known = busy;
			busy.add(Thread.currentThread());
		}
	}

	private void delist() {
		if (this.known != null) {
			this.known.remove(Thread.currentThread());
			this.known = null;
		}
	}

	/** End. The last thing that the thread does. */
	void end() {
		delist();
		this.carrier = null;
		this.thread = null;
		this.continuation = ENDED;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
