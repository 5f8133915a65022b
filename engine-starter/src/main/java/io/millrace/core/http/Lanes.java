package io.millrace.core.http;

import java.util.List;

import io.millrace.core.worker.WorkerSet;
import org.jspecify.annotations.Nullable;

/**
 * The ways of those of the application's requests that are run otherwise than all others.
 * Immutable.
 */
public final class Lanes {

	/** All requests are alike. */
	public static final Lanes NONE = new Lanes();

	private final Lane[] lanes;

	private Lanes() {
		this.lanes = new Lane[0];
	}

	/**
	 * Settle the ways.
	 * @param policies what is asked for; the first that matches a request is its
	 * @param workers the pools of the engine
	 * @param mayBlock whether the application may block
	 */
	public Lanes(List<RoutePolicy> policies, WorkerSet workers, boolean mayBlock) {
		this.lanes = policies.stream().map((policy) -> new Lane(policy, workers, mayBlock)).toArray(Lane[]::new);
	}

	/**
	 * Find the way of a request.
	 * @param request the head
	 * @return the way, {@code null} for that of all others
	 */
	@Nullable Lane find(RequestHead request) {
		for (Lane lane : this.lanes) {
			if (lane.accepts(request)) {
				return lane;
			}
		}
		return null;
	}

	/** See {@link io.millrace.core.worker.WorkerPool#sweep()}. */
	public void sweep() {
		for (Lane lane : this.lanes) {
			Bulkhead bulkhead = lane.bulkhead();
			if (bulkhead != null) {
				bulkhead.sweep();
			}
		}
	}

}
