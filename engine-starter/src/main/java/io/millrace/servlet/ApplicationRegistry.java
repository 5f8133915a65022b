package io.millrace.servlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The servlets and filters of an application with their mappings, in the order of their
 * registration. Changed by the thread that starts the application only.
 */
final class ApplicationRegistry {

	private final Map<String, RegisteredServlet> servlets = new LinkedHashMap<>();

	private final Map<String, RegisteredFilter> filters = new LinkedHashMap<>();

	private final Map<String, RegisteredServlet> patterns = new LinkedHashMap<>();

	private final List<FilterMapping> filterMappings = new ArrayList<>();

	// The last one first. Guarded by itself: servlets may be initialised by requests.
	private final Deque<RegisteredServlet> initialised = new ArrayDeque<>();

	private int matchedAfter;

	// Gives way to whoever wants its name or its patterns.
	private @Nullable RegisteredServlet byDefault;

	/**
	 * Add the default servlet, which is there from the beginning, so that the application
	 * can map it to more patterns, and gives way to the application's own servlets.
	 * @param servlet the registration
	 */
	void addDefault(RegisteredServlet servlet) {
		add(servlet);
		servlet.setAsyncSupported(true);
		servlet.setLoadOnStartup(1);
		servlet.addMapping("/");
		this.byDefault = servlet;
	}

	/**
	 * Add a servlet.
	 * @param servlet the registration
	 * @return the same, {@code null} where the name is taken
	 */
	@Nullable RegisteredServlet add(RegisteredServlet servlet) {
		RegisteredServlet giving = this.byDefault;
		if (giving != null && giving.getName().equals(servlet.getName())) {
			this.servlets.remove(giving.getName());
			this.patterns.values().removeIf((owner) -> owner == giving);
			this.byDefault = null;
		}
		return (this.servlets.putIfAbsent(servlet.getName(), servlet) == null) ? servlet : null;
	}

	/**
	 * Add a filter.
	 * @param filter the registration
	 * @return the same, {@code null} where the name is taken
	 */
	@Nullable RegisteredFilter add(RegisteredFilter filter) {
		return (this.filters.putIfAbsent(filter.getName(), filter) == null) ? filter : null;
	}

	/**
	 * Map a servlet, unless one of the patterns belongs to another one.
	 * @param servlet the servlet
	 * @param added the patterns
	 * @return the patterns that belong to others; where there are any nothing happened
	 */
	Set<String> map(RegisteredServlet servlet, List<String> added) {
		Set<String> conflicts = new LinkedHashSet<>();
		for (String pattern : added) {
			UrlPattern.of(pattern);
			RegisteredServlet owner = this.patterns.get(pattern);
			if (owner != null && owner != servlet && owner != this.byDefault) {
				conflicts.add(pattern);
			}
		}
		if (conflicts.isEmpty()) {
			added.forEach((pattern) -> {
				RegisteredServlet before = this.patterns.put(pattern, servlet);
				if (before != null && before != servlet) {
					before.removeMapping(pattern);
				}
			});
		}
		return conflicts;
	}

	/**
	 * Map a filter.
	 * @param added the mappings
	 * @param matchAfter whether they come after all that were declared so far with
	 * {@code true}; otherwise they come before those, in their own order
	 */
	void map(List<FilterMapping> added, boolean matchAfter) {
		this.filterMappings.addAll(this.filterMappings.size() - (matchAfter ? 0 : this.matchedAfter), added);
		this.matchedAfter += matchAfter ? added.size() : 0;
	}

	/**
	 * A servlet has been initialised.
	 * @param servlet the servlet
	 */
	void initialised(RegisteredServlet servlet) {
		synchronized (this.initialised) {
			this.initialised.push(servlet);
		}
	}

	/**
	 * The servlets that were initialised.
	 * @return the last one first
	 */
	List<RegisteredServlet> initialised() {
		synchronized (this.initialised) {
			return List.copyOf(this.initialised);
		}
	}

	Collection<String> targets(RegisteredFilter filter, boolean servlets) {
		Set<String> targets = new LinkedHashSet<>();
		for (FilterMapping mapping : this.filterMappings) {
			if (mapping.filter() == filter && (mapping.pattern() == null) == servlets) {
				targets.add(mapping.target());
			}
		}
		return Collections.unmodifiableSet(targets);
	}

	Map<String, RegisteredServlet> servlets() {
		return Collections.unmodifiableMap(this.servlets);
	}

	Map<String, RegisteredFilter> filters() {
		return Collections.unmodifiableMap(this.filters);
	}

	Map<String, RegisteredServlet> patterns() {
		return Collections.unmodifiableMap(this.patterns);
	}

	List<FilterMapping> filterMappings() {
		return Collections.unmodifiableList(this.filterMappings);
	}

}
