package io.millrace.core.worker;

import java.util.concurrent.TimeUnit;

/**
 * Fits how many workers run at once to what the processors can do. Threads that compute
 * do not get more done by being more than processors: they only keep event loops and
 * probes waiting for their turn. How much of its time a task really waits for something
 * says how many threads are of use: processors × (1 + time waiting ÷ time computing).
 * Looks only while there are many tasks, and begins where they spend more time waiting
 * for a processor than on it. Owned by the keeper.
 */
final class CpuFit {

	private static final long SHORTEST_PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

	// Looking at many threads that only wait is to cost nothing to speak of.
	private static final long LONGEST_PERIOD = TimeUnit.MILLISECONDS.toNanos(200);

	// What waits does so in no order: twice as many are needed to have always one ready.
	private static final int SLACK = 2;

	private final RunGate gate;

	private final int processors;

	private boolean looking;

	private long period = SHORTEST_PERIOD;

	private long lookedAt;

	private int tasksBefore;

	private long running;

	private long ready;

	private int busy;

	/**
	 * Create a fit.
	 * @param gate bounds how many run
	 * @param processors how many of them can run at once
	 */
	CpuFit(RunGate gate, int processors) {
		this.gate = gate;
		this.processors = processors;
	}

	/**
	 * Look at the workers.
	 * @param tasks how many tasks run and wait
	 * @param workers the workers of the pool
	 * @param maxThreads how many there may be
	 * @param now by {@link System#nanoTime()}
	 */
	void look(int tasks, Iterable<Progress> workers, int maxThreads, long now) {
		if (tasks <= SLACK * (this.processors + 1)) {
			this.looking = false;
			this.period = SHORTEST_PERIOD;
			this.gate.open();
			return;
		}
		if (tasks > 2 * this.tasksBefore) {
			this.period = SHORTEST_PERIOD;
		}
		if (this.looking && now - this.lookedAt < this.period) {
			return;
		}
		this.tasksBefore = tasks;
		long runningBefore = this.running;
		long readyBefore = this.ready;
		int busyBefore = this.busy;
		read(workers);
		if (this.looking) {
			double nanos = (double) (now - this.lookedAt) * (this.busy + busyBefore) / 2;
			fit(nanos, this.running - runningBefore, this.ready - readyBefore, maxThreads);
			this.period = this.gate.isOpen() ? Math.min(2 * this.period, LONGEST_PERIOD) : SHORTEST_PERIOD;
		}
		this.looking = true;
		this.lookedAt = now;
	}

	private void read(Iterable<Progress> workers) {
		this.running = 0;
		this.ready = 0;
		this.busy = 0;
		for (Progress worker : workers) {
			ThreadTimes times = worker.times();
			if (times != null && (!worker.hasMoved() || times.read())) {
				this.running += times.running();
				this.ready += times.ready();
				this.busy += worker.isBusy() ? 1 : 0;
			}
		}
	}

	private void fit(double nanos, double computing, double waitingToCompute, int maxThreads) {
		if (this.busy == 0 || computing < 0) {
			// The system does not tell, or threads have ended meanwhile.
			this.gate.open();
			return;
		}
		double waiting = Math.max(0, nanos - computing - waitingToCompute);
		double useful = this.processors * (1 + SLACK * waiting / Math.max(1, computing)) + 1;
		if (useful >= maxThreads) {
			this.gate.open();
		}
		else if (!this.gate.isOpen() || waitingToCompute > computing) {
			this.gate.limit((int) useful);
		}
	}

}
