package io.millrace.boot.autoconfigure.tracing;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.millrace.core.http.Exchange;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * What an observation of a request is told of the engine. All keys are there in any case:
 * Prometheus takes no meter whose tags differ from time to time.
 */
final class EngineKeys {

	/** What ran the handler: pool, virtual, loop, inline or own. */
	static final String MODE = "millrace.mode";

	/** How urgent the request was: high, normal or low. */
	static final String PRIORITY = "millrace.priority";

	/** The class of the time that the request waited: see {@link WaitClass}. */
	static final String WAIT = "millrace.queue.wait";

	/** The same in milliseconds with three decimals. */
	static final String WAIT_MILLIS = "millrace.queue.wait.ms";

	// What others than the engine serve: a test without a server, a mock.
	private static final KeyValues UNKNOWN = KeyValues.of(MODE, KeyValue.NONE_VALUE, PRIORITY, KeyValue.NONE_VALUE,
			WAIT, KeyValue.NONE_VALUE);

	private final boolean metricTags;

	/**
	 * Settle what keys are for.
	 * @param metricTags whether they are for meters too, rather than for spans only
	 */
	EngineKeys(boolean metricTags) {
		this.metricTags = metricTags;
	}

	/**
	 * Add the keys. Called when the observation stops.
	 * @param context the observation
	 * @param exchange what was observed, {@code null} where the engine has not served it
	 */
	void addTo(Observation.Context context, @Nullable Exchange exchange) {
		ObservedExchange observed = (exchange != null) ? exchange.observation() : null;
		if (observed == null) {
			if (this.metricTags) {
				context.addLowCardinalityKeyValues(UNKNOWN);
			}
			return;
		}
		long wait = observed.waitNanos();
		KeyValues keys = KeyValues.of(MODE, observed.mode(), PRIORITY, observed.priority(), WAIT,
				WaitClass.of(wait).label());
		if (this.metricTags) {
			context.addLowCardinalityKeyValues(keys);
		}
		else {
			context.addHighCardinalityKeyValues(keys);
		}
		context.addHighCardinalityKeyValue(KeyValue.of(WAIT_MILLIS, millis(wait)));
	}

	/**
	 * Nanoseconds as milliseconds. Without a formatter, which would cost more than all
	 * the rest of it.
	 * @param nanos the nanoseconds, 0 or more
	 * @return milliseconds with three decimals
	 */
	static String millis(long nanos) {
		long micros = nanos / 1000 + ((nanos % 1000 >= 500) ? 1 : 0);
		StringBuilder text = new StringBuilder().append(micros / 1000).append('.');
		long decimals = micros % 1000;
		if (decimals < 100) {
			text.append('0');
		}
		if (decimals < 10) {
			text.append('0');
		}
		return text.append(decimals).toString();
	}

}
