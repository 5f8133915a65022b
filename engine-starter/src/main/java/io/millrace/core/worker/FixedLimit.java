package io.millrace.core.worker;

/**
 * A limit that stays as it is.
 *
 * @param limit how many requests may be in flight, 1 or more
 */
record FixedLimit(int limit) implements ConcurrencyLimit {

	FixedLimit {
		if (limit < 1) {
			throw new IllegalArgumentException("limit has to be 1 or more, and is " + limit);
		}
	}

	@Override
	public boolean isAdaptive() {
		return false;
	}

	@Override
	public String toString() {
		return "fixed (" + this.limit + ")";
	}

	@Override
	public void onSample(long startNanos, long nanos, int inFlight, boolean dropped) {
	}

}
