package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.List;

import io.millrace.boot.autoconfigure.actuate.WebEndpointPart;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * {@code /actuator/millrace/stream} in Spring MVC.
 *
 * @param broadcaster who writes it
 */
record ServletStreamPart(EventBroadcaster broadcaster) implements WebEndpointPart {

	@Override
	public String name() {
		return "stream";
	}

	@Override
	public @Nullable Object read(SecurityContext security, List<String> path) {
		if (!path.isEmpty()) {
			return null;
		}
		// Boot passes on parameters only.
		HttpServletRequest request = ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes())
			.getRequest();
		if (request.getMethod().equals("HEAD")) {
			return ServletPages.toResponse(StreamHeaders.headOnly());
		}
		String refusal = this.broadcaster.refusal();
		return (refusal != null) ? ServletPages.toResponse(Page.unavailable(refusal))
				: ServletStream.open(this.broadcaster, request);
	}

}
