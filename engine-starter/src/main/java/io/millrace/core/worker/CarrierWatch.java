package io.millrace.core.worker;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LoopStall;
import io.millrace.core.observe.StackSnapshot;
import io.millrace.core.observe.WatchOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that handlers which hold their loop do so for some hundredths of a second
 * only, and tells of them: once for each place in the code. Owned by the keeper.
 */
public final class CarrierWatch {

	/** The keeper looks at a tenth of it. */
	public static final Duration PRECISION = Duration.ofMillis(100);

	private static final Logger logger = LoggerFactory.getLogger(CarrierWatch.class);

	private static final int MAX_PLACES = 100;

	private final List<LoopCarrier> carriers;

	private final boolean telling;

	private final EngineObserver observer;

	private final Set<Integer> places = new HashSet<>();

	/**
	 * Create a watch.
	 * @param carriers what it looks after
	 * @param options whether loops are watched: relieved they are in any case
	 * @param observer is told of it
	 */
	public CarrierWatch(List<LoopCarrier> carriers, WatchOptions options, EngineObserver observer) {
		this.carriers = carriers;
		this.telling = !options.eventLoop().isZero();
		this.observer = observer;
	}

	/** Look at all carriers. */
	public void look() {
		for (LoopCarrier carrier : this.carriers) {
			Thread left = carrier.relieve();
			if (left != null && this.telling) {
				tell(carrier, left);
			}
		}
	}

	private void tell(LoopCarrier carrier, Thread left) {
		StackSnapshot stack = StackSnapshot.of(left);
		// The loop was taken from it before this is told.
		this.observer.loopStalled(new LoopStall(carrier.name(), carrier.held(), true, stack));
		if (this.places.size() < MAX_PLACES && this.places.add(place(stack))) {
			logger.warn(
					"{} has held its event loop, and goes on in a platform thread of its own. What computes for "
							+ "long, reads files or calls native code belongs on a route with mode pool",
					left.getName(), stack);
		}
	}

	// The methods on the way there, but for those of the JDK: what it does at the moment
	// differs each time.
	private static int place(StackSnapshot stack) {
		return Arrays.stream(stack.getStackTrace())
			.filter((frame) -> frame.getModuleName() == null)
			.map((frame) -> frame.getClassName() + "." + frame.getMethodName())
			.toList()
			.hashCode();
	}

}
