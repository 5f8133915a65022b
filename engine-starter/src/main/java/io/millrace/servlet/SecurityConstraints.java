package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The constraints that the servlets of an application have declared, by
 * {@code @ServletSecurity} or {@code setServletSecurity} (Servlet 6.1 §13.8): computed at
 * start, immutable. As with Tomcat without a realm nobody can be authenticated, so where
 * a role is asked for everybody is refused.
 */
final class SecurityConstraints {

	// The order in which patterns are compared with a request (§12.1).
	private static final Comparator<Constraint> BEST_FIRST = Comparator
		.comparing((Constraint constraint) -> rank(constraint.pattern))
		.thenComparing((constraint) -> -constraint.pattern.value().length());

	private final List<Constraint> constraints;

	private SecurityConstraints(List<Constraint> constraints) {
		this.constraints = constraints;
	}

	/**
	 * Compute the constraints.
	 * @param servlets all servlets of the application
	 * @return the constraints, {@code null} where there are none
	 */
	static @Nullable SecurityConstraints of(Collection<RegisteredServlet> servlets) {
		List<Constraint> found = new ArrayList<>();
		for (RegisteredServlet servlet : servlets) {
			ServletSecurityElement element = servlet.security();
			if (element != null) {
				servlet.getMappings().forEach((text) -> found.add(new Constraint(UrlPattern.of(text), element)));
			}
		}
		found.sort(BEST_FIRST);
		return found.isEmpty() ? null : new SecurityConstraints(found);
	}

	private static int rank(UrlPattern pattern) {
		return switch (pattern.kind()) {
			case CONTEXT_ROOT, EXACT -> 0;
			case PATH -> 1;
			case EXTENSION -> 2;
			case DEFAULT -> 3;
		};
	}

	/**
	 * Let a request pass, or answer it. Only requests of clients are looked at, no
	 * forwards and includes (§13.2).
	 * @param path the canonical path within the context
	 * @param request the request
	 * @param response the response, answered where it may not pass
	 * @return whether it may pass
	 * @throws IOException where it cannot be answered
	 */
	boolean permit(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		HttpConstraintElement rule = find(path, request.getMethod());
		if (rule == null) {
			return true;
		}
		if (rule.getTransportGuarantee() == TransportGuarantee.CONFIDENTIAL && !request.isSecure()) {
			response.sendRedirect(secure(request));
			return false;
		}
		boolean open = rule.getRolesAllowed().length == 0 && rule.getEmptyRoleSemantic() == EmptyRoleSemantic.PERMIT;
		if (!open) {
			response.sendError(HttpServletResponse.SC_FORBIDDEN, "Access to the requested resource has been denied");
		}
		return open;
	}

	// The pattern that fits best decides, whichever servlet answers (§13.8.3).
	private @Nullable HttpConstraintElement find(String path, String method) {
		for (Constraint constraint : this.constraints) {
			if (constraint.matches(path)) {
				return constraint.rule(method);
			}
		}
		return null;
	}

	// To the port of https, as Tomcat does where no redirect port is set.
	private static String secure(HttpServletRequest request) {
		String query = request.getQueryString();
		return "https://" + request.getServerName() + request.getRequestURI() + ((query != null) ? "?" + query : "");
	}

	/**
	 * A constrained pattern.
	 *
	 * @param pattern the pattern
	 * @param element what is constrained, for some methods and for all others
	 */
	private record Constraint(UrlPattern pattern, ServletSecurityElement element) {

		boolean matches(String path) {
			return this.pattern.kind() == UrlPattern.Kind.DEFAULT || this.pattern.matches(path);
		}

		HttpConstraintElement rule(String method) {
			for (HttpMethodConstraintElement rule : this.element.getHttpMethodConstraints()) {
				if (rule.getMethodName().equals(method)) {
					return rule;
				}
			}
			return this.element;
		}

	}

}
