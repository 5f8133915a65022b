package io.millrace.core.http1;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a connection: its event loop or, for as long as it takes to write one
 * response, the worker that has it.
 *
 * <pre>
 *                    lend                        claim
 *   ┌──────▶ LOOP ──────────▶ LENT ─────────────────────────▶ WORKER ───┐
 *   │        ▲  ▲               │                             │    │    │
 *   │ resume │  └─── recall ────┘       give back, all done   │    │    │ an event
 *   │        │  └─────────────────────────────────────────────┘    │    ▼
 *   └──── RETURNED ◀──────────── give back, with the rest ─────────┴─ AWAITED
 * </pre>
 *
 * While it is LENT nobody touches the connection: the worker runs the application. What
 * happens to the socket meanwhile recalls the loan, and the worker's response takes the
 * way over the loop. Once the worker has claimed it, what happens waits until it is given
 * back; the worker then has no more to do than to write a small response.
 * <p>
 * All that is written by one owner is seen by the next: the state is volatile.
 */
final class Loan {

	private static final AtomicReferenceFieldUpdater<Loan, Owner> OWNER = AtomicReferenceFieldUpdater
		.newUpdater(Loan.class, Owner.class, "owner");

	private final EventExecutor loop;

	private volatile Owner owner = Owner.LOOP;

	// Of the event loop, whoever owns the connection.
	private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);

	// What the worker leaves to the loop: written before RETURNED, read after.
	private @Nullable Runnable rest;

	private volatile @Nullable Thread closing;

	Loan(EventExecutor loop) {
		this.loop = loop;
	}

	// The event loop's side

	/** Let a worker claim the connection. The loop must not touch it any more. */
	void lend() {
		OWNER.lazySet(this, Owner.LENT);
	}

	/**
	 * Have the connection back.
	 * @return {@code false} if a worker is writing: what is to be done has to wait
	 */
	boolean recall() {
		Owner now = this.owner;
		while (now == Owner.LENT || now == Owner.WORKER) {
			Owner next = (now == Owner.LENT) ? Owner.LOOP : Owner.AWAITED;
			now = OWNER.compareAndSet(this, now, next) ? next : this.owner;
		}
		return now == Owner.LOOP;
	}

	/**
	 * Whether the loop owns the connection.
	 * @return {@code false} also where it could be recalled
	 */
	boolean isHere() {
		return this.owner == Owner.LOOP;
	}

	/**
	 * Do something when the connection is the loop's, in the order of the calls: at once
	 * if it is.
	 * @param event what to do
	 */
	void whenBack(Runnable event) {
		if (recall()) {
			event.run();
		}
		else {
			this.waiting.add(event);
		}
	}

	private void resume() {
		OWNER.lazySet(this, Owner.LOOP);
		Runnable left = this.rest;
		this.rest = null;
		if (left != null) {
			left.run();
		}
		// What is done for one event may lend the connection again.
		while (!this.waiting.isEmpty() && recall()) {
			this.waiting.remove().run();
		}
	}

	/**
	 * Wait until no worker is writing: the socket is going to be closed, and its number
	 * may be another connection's a moment later. A worker takes no longer than a write
	 * that does not block.
	 */
	void awaitReturn() {
		if (!recall() && this.owner != Owner.RETURNED) {
			this.closing = Thread.currentThread();
			while (this.owner != Owner.RETURNED) {
				LockSupport.park(this);
			}
			this.closing = null;
		}
	}

	// The worker's side

	/**
	 * Take the connection.
	 * @return {@code false} if it is not to be had
	 */
	boolean claim() {
		return this.owner == Owner.LENT && OWNER.compareAndSet(this, Owner.LENT, Owner.WORKER);
	}

	/** Give the connection back; there is nothing left to do. */
	void giveBack() {
		if (!OWNER.compareAndSet(this, Owner.WORKER, Owner.LOOP)) {
			giveBack(null);
		}
	}

	/**
	 * Give the connection back, and have the loop go on with it.
	 * @param left what is left to do, before anything else
	 */
	void giveBack(@Nullable Runnable left) {
		this.rest = left;
		this.owner = Owner.RETURNED;
		LockSupport.unpark(this.closing);
		try {
			this.loop.execute(this::resume);
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended, and has closed all its sockets before.
		}
	}

	private enum Owner {

		/** The event loop. */
		LOOP,

		/** Whoever comes first: the loop recalls it, or the worker claims it. */
		LENT,

		/** The worker. */
		WORKER,

		/** The worker, and the loop waits for it. */
		AWAITED,

		/** The loop, as soon as it goes on with what waits. */
		RETURNED

	}

}
