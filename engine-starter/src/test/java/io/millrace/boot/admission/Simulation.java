package io.millrace.boot.admission;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

import io.millrace.core.worker.ConcurrencyLimit;

/**
 * An application that can do a few things at a time, whatever is asked of it, under a
 * limit; in a time of its own, in which an hour takes no time. Requests come at random
 * moments (a Poisson process), and take a random time around the usual one.
 */
final class Simulation {

	private static final double SECOND = 1e9;

	private final Random random = new Random(42);

	private final PriorityQueue<Request> underWay = new PriorityQueue<>(Comparator.comparingLong(Request::end));

	private final ConcurrencyLimit limit;

	// When each of the things that it can do at a time is free.
	private final long[] free;

	private final double serviceNanos;

	private final long patienceNanos;

	private long now = System.nanoTime();

	private int served;

	private int refused;

	private int dropped;

	private long limits;

	private long longest;

	/**
	 * Create an application.
	 * @param limit bounds what is in flight
	 * @param concurrency how much it can do at a time
	 * @param serviceMillis how long it takes for one request
	 * @param patienceMillis after which time a request is dropped
	 */
	Simulation(ConcurrencyLimit limit, int concurrency, double serviceMillis, double patienceMillis) {
		this.limit = limit;
		this.free = new long[concurrency];
		this.serviceNanos = serviceMillis * 1e6;
		this.patienceNanos = (long) (patienceMillis * 1e6);
		Arrays.fill(this.free, this.now);
	}

	/**
	 * Let time go by.
	 * @param seconds how much
	 * @param perSecond how many requests come
	 * @return what happened
	 */
	Outcome run(double seconds, double perSecond) {
		this.served = 0;
		this.refused = 0;
		this.dropped = 0;
		this.limits = 0;
		this.longest = 0;
		long end = this.now + (long) (seconds * SECOND);
		while (true) {
			this.now += (long) (-Math.log(1 - this.random.nextDouble()) / perSecond * SECOND);
			completeUntil(Math.min(this.now, end));
			if (this.now >= end) {
				this.now = end;
				int asked = Math.max(1, this.served + this.refused + this.dropped);
				return new Outcome(this.served / seconds, this.refused / seconds, this.dropped / seconds,
						(double) this.limits / asked, this.longest / 1e6);
			}
			arrive();
		}
	}

	private void arrive() {
		this.limits += this.limit.limit();
		if (this.underWay.size() >= this.limit.limit()) {
			this.refused++;
			return;
		}
		int first = 0;
		for (int i = 1; i < this.free.length; i++) {
			first = (this.free[i] < this.free[first]) ? i : first;
		}
		long begin = Math.max(this.now, this.free[first]);
		int inFlight = this.underWay.size() + 1;
		if (begin - this.now > this.patienceNanos) {
			this.underWay.add(new Request(this.now, this.now + this.patienceNanos, inFlight, true));
			return;
		}
		long finished = begin + (long) (this.serviceNanos * (0.5 + this.random.nextDouble()));
		this.free[first] = finished;
		this.underWay.add(new Request(this.now, finished, inFlight, false));
	}

	private void completeUntil(long time) {
		Request next;
		while ((next = this.underWay.peek()) != null && next.end <= time) {
			this.underWay.remove();
			this.limit.onSample(next.start, next.end - next.start, next.inFlight, next.isDropped);
			this.served += next.isDropped ? 0 : 1;
			this.dropped += next.isDropped ? 1 : 0;
			this.longest = Math.max(this.longest, next.end - next.start);
		}
	}

	/** What happened, by second. */
	record Outcome(double served, double refused, double dropped, double limit, double longestMillis) {

	}

	private record Request(long start, long end, int inFlight, boolean isDropped) {

	}

}
