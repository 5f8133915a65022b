package io.millrace.boot.admission;

import java.time.Duration;

/**
 * Between what a limit may change, and how often.
 *
 * @param initial what it is at first, {@code min} to {@code max}
 * @param min what it never falls below, 1 or more
 * @param max what it never rises above, {@code min} or more
 * @param window the time whose requests are averaged for one change, 100 ms or more
 */
public record LimitRange(int initial, int min, int max, Duration window) {

	private static final Duration SHORTEST = Duration.ofMillis(100);

	/**
	 * Check the range.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public LimitRange {
		require(min >= 1, "admissionMin", min, "has to be 1 or more");
		require(max >= min, "admissionMax", max, "has to be admissionMin (" + min + ") or more");
		require(initial >= min && initial <= max, "admissionInitial", initial,
				"has to be admissionMin (" + min + ") to admissionMax (" + max + ")");
		require(window.compareTo(SHORTEST) >= 0, "admissionWindow", window, "has to be 100ms or more");
	}

	private static void require(boolean valid, String name, Object value, String rule) {
		if (!valid) {
			throw new IllegalArgumentException(name + " " + rule + ", and is " + value);
		}
	}

}
