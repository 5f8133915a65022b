package io.millrace.core.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.millrace.core.worker.WorkerSet;
import org.jspecify.annotations.Nullable;

/**
 * The ways of those of the application's requests that are run otherwise than all others.
 * What is for one path is found by it, the rest is asked one after the other. Immutable.
 */
public final class Lanes {

	/** All requests are alike. */
	public static final Lanes NONE = new Lanes(List.of(), Map.of(), List.of());

	private final boolean empty;

	private final Map<String, Lane[]> exact;

	private final Lane[] others;

	private final List<Bulkhead> bulkheads;

	private Lanes(List<Lane> others, Map<String, Lane[]> exact, Collection<Bulkhead> bulkheads) {
		this.empty = others.isEmpty() && exact.isEmpty();
		this.exact = exact;
		this.others = others.toArray(Lane[]::new);
		this.bulkheads = List.copyOf(bulkheads);
	}

	/**
	 * Settle the ways.
	 * @param policies what is asked for; the first that matches a request is its
	 * @param workers the pools of the engine
	 * @param mayBlock whether the application may block
	 * @return the ways
	 * @throws IllegalArgumentException where policies of one name do not agree on their
	 * bulkhead
	 */
	public static Lanes of(List<RoutePolicy> policies, WorkerSet workers, boolean mayBlock) {
		Map<String, Bulkhead> bulkheads = new LinkedHashMap<>();
		Map<String, Lane[]> exact = new HashMap<>();
		List<Lane> others = new ArrayList<>();
		for (int i = 0; i < policies.size(); i++) {
			RoutePolicy policy = policies.get(i);
			Lane lane = new Lane(policy, i, bulkhead(policy, policies, bulkheads), workers, mayBlock);
			String path = lane.exactPath();
			if (path != null) {
				exact.merge(path, new Lane[] { lane }, Lanes::append);
			}
			else {
				others.add(lane);
			}
		}
		return new Lanes(others, exact, bulkheads.values());
	}

	private static @Nullable Bulkhead bulkhead(RoutePolicy policy, List<RoutePolicy> policies,
			Map<String, Bulkhead> bulkheads) {
		if (policy.maxConcurrency() == 0) {
			return null;
		}
		Bulkhead bulkhead = bulkheads.computeIfAbsent(policy.name(),
				(name) -> new Bulkhead(label(policy, policies), policy.maxConcurrency(), policy.queueCapacity()));
		if (!bulkhead.allows(policy.maxConcurrency(), policy.queueCapacity())) {
			throw new IllegalArgumentException(
					"Policies named '" + policy.name() + "' share a bulkhead and differ in it");
		}
		return bulkhead;
	}

	// The pattern, where it says which of all bulkheads that is.
	private static String label(RoutePolicy policy, List<RoutePolicy> policies) {
		String pattern = pattern(policy);
		long meant = policies.stream()
			.filter((each) -> each.maxConcurrency() > 0)
			.filter((each) -> each.name().equals(policy.name()) || Objects.equals(pattern, pattern(each)))
			.count();
		return (pattern != null && meant == 1) ? pattern : policy.name();
	}

	private static @Nullable String pattern(RoutePolicy policy) {
		return (policy.matcher() instanceof PathMatcher path) ? path.pattern() : null;
	}

	private static Lane[] append(Lane[] some, Lane[] more) {
		Lane[] all = Arrays.copyOf(some, some.length + more.length);
		System.arraycopy(more, 0, all, some.length, more.length);
		return all;
	}

	/**
	 * Find the way of a request.
	 * @param request the head
	 * @return the way, {@code null} for that of all others
	 */
	@Nullable Lane find(RequestHead request) {
		if (this.empty) {
			return null;
		}
		String path = PlainPath.of(request.target().path());
		Lane found = this.exact.isEmpty() ? null : first(this.exact.get(path), request, path, Integer.MAX_VALUE);
		Lane before = first(this.others, request, path, (found != null) ? found.position() : Integer.MAX_VALUE);
		found = (before != null) ? before : found;
		return (found != null && !found.isUsual()) ? found : null;
	}

	private static @Nullable Lane first(Lane @Nullable [] lanes, RequestHead request, String path, int end) {
		if (lanes != null) {
			for (Lane lane : lanes) {
				if (lane.position() >= end) {
					return null;
				}
				if (lane.accepts(request, path)) {
					return lane;
				}
			}
		}
		return null;
	}

	/**
	 * What the bulkheads are doing. Any thread may ask.
	 * @return one reading of each, in the order of their policies
	 */
	public List<BulkheadSnapshot> bulkheads() {
		return this.bulkheads.stream().map(Bulkhead::snapshot).toList();
	}

	/** See {@link io.millrace.core.worker.WorkerPool#sweep()}. */
	public void sweep() {
		this.bulkheads.forEach(Bulkhead::sweep);
	}

}
