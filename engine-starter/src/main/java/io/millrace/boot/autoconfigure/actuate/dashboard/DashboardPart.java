package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.List;
import java.util.function.Function;

import io.millrace.boot.autoconfigure.actuate.WebEndpointPart;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * {@code /actuator/millrace/dashboard}, and what the page needs below it.
 *
 * @param assets what there is
 * @param responses makes of a page what the web framework takes
 */
record DashboardPart(DashboardAssets assets, Function<Page, Object> responses) implements WebEndpointPart {

	@Override
	public String name() {
		return "dashboard";
	}

	@Override
	public @Nullable Object read(SecurityContext security, List<String> path) {
		Page page = (path.size() <= 1) ? this.assets.get(path.isEmpty() ? "" : path.get(0)) : null;
		return (page != null) ? this.responses.apply(page) : null;
	}

}
