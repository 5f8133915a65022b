package io.millrace.core.transport;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.millrace.core.observe.LoopMeter;

/**
 * The meters of event loops, which are made with the loops.
 */
final class LoopMeters {

	private final ConcurrentMap<Object, LoopMeter> meters = new ConcurrentHashMap<>();

	/**
	 * The meter of a loop.
	 * @param loop the loop
	 * @return its meter, always the same
	 */
	LoopMeter of(Object loop) {
		return this.meters.computeIfAbsent(loop, (first) -> new LoopMeter());
	}

}
