package io.millrace.accesslog;

import java.time.Duration;
import java.util.function.Predicate;

import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * Says which requests have a line.
 */
public final class LineFilter {

	/** All of them. */
	public static final LineFilter ALL = new LineFilter(null, 0, Duration.ZERO);

	private final @Nullable Predicate<String> excluded;

	private final int minStatus;

	private final long minNanos;

	private final boolean all;

	/**
	 * Create a filter.
	 * @param excluded says of a path, as it was sent, whether its requests have no line;
	 * asked by event loops, must not block. {@code null} for none
	 * @param minStatus the least status that has a line, 0 for all. Who did not live to
	 * see a status counts as one
	 * @param minDuration how long requests have to take for a line whatever their status,
	 * waiting included; 0 where that does not matter
	 */
	public LineFilter(@Nullable Predicate<String> excluded, int minStatus, Duration minDuration) {
		this.excluded = excluded;
		this.minStatus = minStatus;
		this.minNanos = minDuration.toNanos();
		this.all = minStatus == 0 && this.minNanos == 0;
	}

	/**
	 * Whether a request has a line.
	 * @param exchange the request and its response
	 * @return whether it has
	 */
	boolean test(ObservedExchange exchange) {
		return (this.all || isBad(exchange) || isSlow(exchange)) && !isExcluded(exchange.target());
	}

	private boolean isBad(ObservedExchange exchange) {
		return this.minStatus > 0 && (exchange.status() == 0 || exchange.status() >= this.minStatus);
	}

	private boolean isSlow(ObservedExchange exchange) {
		return this.minNanos > 0 && PatternCodes.nanos(exchange) >= this.minNanos;
	}

	private boolean isExcluded(@Nullable String target) {
		return this.excluded != null && target != null && this.excluded.test(Target.path(target));
	}

}
