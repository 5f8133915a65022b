package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The filters in front of one servlet for one kind of dispatch (Servlet 6.1 §6.2.4):
 * computed at start, immutable. A dispatch walks it with a cursor.
 */
final class FilterPipeline {

	private final RegisteredServlet servlet;

	private final Step[] steps;

	private FilterPipeline(RegisteredServlet servlet, Step[] steps) {
		this.servlet = servlet;
		this.steps = steps;
	}

	/**
	 * Compute the pipeline: mappings to URL patterns first, then mappings to servlets,
	 * each in their order, every filter once at most.
	 * @param servlet the servlet at its end
	 * @param type the kind of dispatch
	 * @param mappings all filter mappings
	 * @return the pipeline
	 */
	static FilterPipeline of(RegisteredServlet servlet, DispatcherType type, List<FilterMapping> mappings) {
		List<Step> steps = new ArrayList<>();
		for (FilterMapping mapping : mappings) {
			if (mapping.pattern() != null && mapping.types().contains(type)) {
				add(steps, mapping, mapping.pattern());
			}
		}
		for (FilterMapping mapping : mappings) {
			if (mapping.appliesToServlet(servlet.getName()) && mapping.types().contains(type)) {
				add(steps, mapping, null);
			}
		}
		return new FilterPipeline(servlet, steps.toArray(Step[]::new));
	}

	private static void add(List<Step> steps, FilterMapping mapping, @Nullable UrlPattern pattern) {
		RegisteredFilter filter = mapping.filter();
		List<UrlPattern> earlier = new ArrayList<>();
		for (Step step : steps) {
			if (step.registration == filter && step.pattern != null) {
				earlier.add(step.pattern);
			}
		}
		steps.add(new Step(filter, filter.filter(), pattern, earlier.toArray(UrlPattern[]::new)));
	}

	/**
	 * Call the filters and the servlet.
	 * @param target where the request goes
	 * @param request the request, whose container's object is {@code base}
	 * @param response the response
	 * @param base told if one of them does not support asynchronous requests
	 * @throws IOException by a filter or the servlet
	 * @throws ServletException by a filter or the servlet
	 */
	void run(ServletTarget target, ServletRequest request, ServletResponse response, ExchangeServletRequest base)
			throws IOException, ServletException {
		if (this.steps.length == 0) {
			service(request, response, base);
		}
		else {
			new Cursor(this, target.path(), base).doFilter(request, response);
		}
	}

	private void service(ServletRequest request, ServletResponse response, ExchangeServletRequest base)
			throws IOException, ServletException {
		if (!this.servlet.isAsyncSupported()) {
			base.asyncUnsupported();
		}
		Servlet servlet = this.servlet.servlet();
		try {
			servlet.service(request, response);
		}
		catch (UnavailableException ex) {
			base.cycle().unavailable(this.servlet, ex);
			throw ex;
		}
	}

	/**
	 * A filter in the pipeline.
	 *
	 * @param pattern applies only to paths that match, {@code null} for a mapping to the
	 * servlet, which applies always
	 * @param earlier patterns of the same filter further up: where one of them matches
	 * the filter was called already
	 */
	private record Step(RegisteredFilter registration, Filter filter, @Nullable UrlPattern pattern,
			UrlPattern[] earlier) {

		boolean applies(@Nullable String path) {
			if (this.pattern != null && !matches(this.pattern, path)) {
				return false;
			}
			for (UrlPattern pattern : this.earlier) {
				if (matches(pattern, path)) {
					return false;
				}
			}
			return true;
		}

		private static boolean matches(UrlPattern pattern, @Nullable String path) {
			return path != null && (pattern.matchesAll() || pattern.matches(path));
		}

	}

	/** Where one dispatch stands. */
	private static final class Cursor implements FilterChain {

		private final FilterPipeline pipeline;

		private final @Nullable String path;

		private final ExchangeServletRequest base;

		private int next;

		Cursor(FilterPipeline pipeline, @Nullable String path, ExchangeServletRequest base) {
			this.pipeline = pipeline;
			this.path = path;
			this.base = base;
		}

		@Override
		public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
			Step[] steps = this.pipeline.steps;
			while (this.next < steps.length) {
				Step step = steps[this.next++];
				if (step.applies(this.path)) {
					if (!step.registration.isAsyncSupported()) {
						this.base.asyncUnsupported();
					}
					step.filter.doFilter(request, response, this);
					return;
				}
			}
			this.pipeline.service(request, response, this.base);
		}

	}

}
