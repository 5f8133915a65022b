package io.millrace.boot.autoconfigure.actuate.dashboard;

import org.HdrHistogram.Histogram;

/**
 * How long something took in the requests of an interval. All but the count are
 * milliseconds, 0 where there was no request.
 *
 * @param count how many requests there were
 * @param p50 half of them took no longer
 * @param p90 nine in ten took no longer
 * @param p99 all but one in a hundred took no longer
 * @param max the longest
 */
record Percentiles(long count, double p50, double p90, double p99, double max) {

	static Percentiles of(Histogram micros) {
		return new Percentiles(micros.getTotalCount(), at(micros, 50), at(micros, 90), at(micros, 99),
				micros.getMaxValue() / 1000.0);
	}

	// What the histogram says is the upper end of a step.
	private static double at(Histogram micros, double percentile) {
		return Math.min(micros.getValueAtPercentile(percentile), micros.getMaxValue()) / 1000.0;
	}

}
