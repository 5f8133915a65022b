package io.millrace.jfr;

import java.util.Set;

import jdk.jfr.SettingControl;

/**
 * How many refusals are recorded in a second: 100 unless a recording says otherwise, 0
 * for any number; where several do, the most. Too much being asked is just when a server
 * has no time for writing. One event has this setting, so it is kept for all.
 */
final class RateSetting extends SettingControl {

	static final int DEFAULT = 100;

	private static final long SECOND = 1_000_000_000L;

	// These are guarded by the class.
	private static int limit = DEFAULT;

	private static long since = System.nanoTime();

	private static int taken;

	private static long skipped;

	private int value = DEFAULT;

	/**
	 * Ask for one more.
	 * @return how many were skipped before, -1 where this one is to be skipped too
	 */
	static long take() {
		return take(System.nanoTime());
	}

	static synchronized long take(long now) {
		if (now - since >= SECOND) {
			since = now;
			taken = 0;
		}
		if (limit > 0 && taken >= limit) {
			skipped++;
			return -1;
		}
		taken++;
		long before = skipped;
		skipped = 0;
		return before;
	}

	private static synchronized void limit(int number) {
		limit = number;
		taken = 0;
		skipped = 0;
	}

	@Override
	public String combine(Set<String> values) {
		boolean any = values.stream().anyMatch((value) -> parse(value) == 0);
		return any ? "0" : String.valueOf(values.stream().mapToInt(RateSetting::parse).max().orElse(DEFAULT));
	}

	@Override
	public void setValue(String value) {
		this.value = parse(value);
		limit(this.value);
	}

	@Override
	public String getValue() {
		return String.valueOf(this.value);
	}

	private static int parse(String value) {
		int number = Integer.parseInt(value.trim());
		if (number < 0) {
			throw new IllegalArgumentException("How many in a second has to be 0 (all) or more, and is " + value);
		}
		return number;
	}

}
