package io.millrace.core.worker;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Counts the requests in flight up to a limit. Those of low priority leave a tenth of it
 * to the others.
 */
final class LimitAdmission implements Admission {

	private final ConcurrencyLimit limit;

	private final boolean adaptive;

	private final AtomicInteger inFlight = new AtomicInteger();

	// For all requests alike, where nothing is measured.
	private final Permit counted = new Counted();

	LimitAdmission(ConcurrencyLimit limit) {
		this.limit = limit;
		this.adaptive = limit.isAdaptive();
	}

	@Override
	public @Nullable Permit tryAcquire(Priority priority) {
		int bound = bound(priority);
		int before;
		do {
			before = this.inFlight.get();
			if (before >= bound) {
				return null;
			}
		}
		while (!this.inFlight.compareAndSet(before, before + 1));
		return this.adaptive ? new Measured(before + 1) : this.counted;
	}

	private int bound(Priority priority) {
		int now = this.limit.limit();
		return (priority == Priority.LOW) ? Math.max(1, now - Math.max(1, now / 10)) : now;
	}

	@Override
	public boolean isFull() {
		return this.inFlight.get() >= this.limit.limit();
	}

	@Override
	public AdmissionSnapshot snapshot() {
		return new AdmissionSnapshot(this.limit.limit(), this.inFlight.get());
	}

	@Override
	public @Nullable AdjustableLimit adjustable() {
		return (this.limit instanceof AdjustableLimit adjustable) ? adjustable : null;
	}

	@Override
	public String toString() {
		return this.limit.toString();
	}

	/** A permit that only counts. */
	private class Counted implements Permit {

		@Override
		public void succeeded() {
			LimitAdmission.this.inFlight.getAndDecrement();
		}

		@Override
		public void ignored() {
			LimitAdmission.this.inFlight.getAndDecrement();
		}

		@Override
		public void dropped() {
			LimitAdmission.this.inFlight.getAndDecrement();
		}

	}

	/** A permit that knows since when it is held. */
	private final class Measured extends Counted {

		private final long start = System.nanoTime();

		private final int inFlightThen;

		Measured(int inFlightThen) {
			this.inFlightThen = inFlightThen;
		}

		@Override
		public void succeeded() {
			super.succeeded();
			sample(false);
		}

		@Override
		public void dropped() {
			super.dropped();
			sample(true);
		}

		private void sample(boolean dropped) {
			LimitAdmission.this.limit.onSample(this.start, System.nanoTime() - this.start, this.inFlightThen, dropped);
		}

	}

}
