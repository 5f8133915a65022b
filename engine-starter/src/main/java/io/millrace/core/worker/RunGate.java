package io.millrace.core.worker;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so many workers run tasks at once, the others wait before they take one. Open as
 * long as nobody limits it, and then costs one volatile read.
 */
final class RunGate {

	private static final int OPEN = Integer.MAX_VALUE;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition free = this.lock.newCondition();

	private volatile int limit = OPEN;

	// Guarded by the lock. Who came while the gate was open is not counted.
	private int inside;

	private boolean removed;

	/**
	 * Go through, when there is room.
	 * @return whether to {@link #leave()}
	 */
	boolean enter() {
		if (this.limit == OPEN) {
			return false;
		}
		this.lock.lock();
		try {
			while (this.inside >= this.limit) {
				this.free.awaitUninterruptibly();
				// An interrupt was meant for the task before.
				Thread.interrupted();
			}
			if (this.limit == OPEN) {
				return false;
			}
			this.inside++;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Make room for another one. */
	void leave() {
		this.lock.lock();
		try {
			this.inside--;
			this.free.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Limit how many run at once from now on. Who runs already goes on.
	 * @param running how many, 1 or more
	 */
	void limit(int running) {
		if (this.limit != running) {
			this.lock.lock();
			try {
				this.limit = this.removed ? OPEN : running;
				this.free.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/** Let everybody through. */
	void open() {
		limit(OPEN);
	}

	/** Let everybody through for good. */
	void remove() {
		this.lock.lock();
		try {
			this.removed = true;
		}
		finally {
			this.lock.unlock();
		}
		open();
	}

	/**
	 * How many may run at once.
	 * @return their number, very large where there is no limit
	 */
	int limit() {
		return this.limit;
	}

	/**
	 * Whether there is no limit.
	 * @return whether everybody may run
	 */
	boolean isOpen() {
		return this.limit == OPEN;
	}

}
