package io.millrace.boot.autoconfigure.tracing;

/**
 * How long a request waited, in few enough classes for the tag of a meter.
 */
enum WaitClass {

	/** Less than a millisecond: it did not wait. */
	NONE("<1ms", 1_000_000L),

	/** Less than ten milliseconds. */
	SHORT("<10ms", 10_000_000L),

	/** Less than a tenth of a second. */
	NOTICEABLE("<100ms", 100_000_000L),

	/** Less than a second. */
	LONG("<1s", 1_000_000_000L),

	/** A second or more. */
	TOO_LONG(">=1s", Long.MAX_VALUE);

	private static final WaitClass[] VALUES = values();

	private final String label;

	private final long belowNanos;

	WaitClass(String label, long belowNanos) {
		this.label = label;
		this.belowNanos = belowNanos;
	}

	String label() {
		return this.label;
	}

	static WaitClass of(long nanos) {
		for (WaitClass each : VALUES) {
			if (nanos < each.belowNanos) {
				return each;
			}
		}
		return TOO_LONG;
	}

}
