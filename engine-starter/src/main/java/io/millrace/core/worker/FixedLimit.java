package io.millrace.core.worker;

/**
 * A limit that stays as it is until somebody changes it.
 */
final class FixedLimit implements ConcurrencyLimit, AdjustableLimit {

	private volatile int limit;

	/**
	 * Create a limit.
	 * @param limit how many requests may be in flight, 1 or more
	 */
	FixedLimit(int limit) {
		this.limit = check(limit);
	}

	private static int check(int limit) {
		if (limit < 1) {
			throw new IllegalArgumentException("limit has to be 1 or more, and is " + limit);
		}
		return limit;
	}

	@Override
	public int limit() {
		return this.limit;
	}

	@Override
	public int min() {
		return this.limit;
	}

	@Override
	public int max() {
		return this.limit;
	}

	@Override
	public void adjust(int limit, int min, int max) {
		this.limit = check(limit);
	}

	@Override
	public boolean isAdaptive() {
		return false;
	}

	@Override
	public void onSample(long startNanos, long nanos, int inFlight, boolean dropped) {
	}

	@Override
	public String toString() {
		return "fixed (" + this.limit + ")";
	}

}
