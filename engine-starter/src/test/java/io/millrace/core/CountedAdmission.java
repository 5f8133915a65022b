package io.millrace.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

/**
 * An admission that sees whether every permit is returned once, and how.
 */
final class CountedAdmission implements Admission {

	final AtomicInteger acquired = new AtomicInteger();

	final AtomicInteger succeeded = new AtomicInteger();

	final AtomicInteger ignored = new AtomicInteger();

	final AtomicInteger dropped = new AtomicInteger();

	final AtomicInteger inFlight = new AtomicInteger();

	final AtomicInteger most = new AtomicInteger();

	final List<String> mistakes = new CopyOnWriteArrayList<>();

	private final int limit;

	CountedAdmission(int limit) {
		this.limit = limit;
	}

	@Override
	public @Nullable Permit tryAcquire(Priority priority) {
		if (priority == Priority.HIGH) {
			this.mistakes.add("asked for an urgent one");
		}
		int now = this.inFlight.incrementAndGet();
		if (now > this.limit) {
			this.inFlight.decrementAndGet();
			return null;
		}
		this.most.accumulateAndGet(now, Math::max);
		this.acquired.incrementAndGet();
		return new Once();
	}

	@Override
	public AdmissionSnapshot snapshot() {
		return new AdmissionSnapshot(this.limit, this.inFlight.get());
	}

	int returned() {
		return this.succeeded.get() + this.ignored.get() + this.dropped.get();
	}

	private final class Once implements Permit {

		private final AtomicBoolean returned = new AtomicBoolean();

		@Override
		public void succeeded() {
			giveBack(CountedAdmission.this.succeeded);
		}

		@Override
		public void ignored() {
			giveBack(CountedAdmission.this.ignored);
		}

		@Override
		public void dropped() {
			giveBack(CountedAdmission.this.dropped);
		}

		private void giveBack(AtomicInteger how) {
			if (!this.returned.compareAndSet(false, true)) {
				CountedAdmission.this.mistakes.add("returned twice");
				return;
			}
			how.incrementAndGet();
			CountedAdmission.this.inFlight.decrementAndGet();
		}

	}

}
