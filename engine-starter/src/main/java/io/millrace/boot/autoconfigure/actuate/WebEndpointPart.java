package io.millrace.boot.autoconfigure.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * A part of the endpoint {@code millrace} that is no document and there for HTTP only,
 * such as a page or a stream. Every bean of this type is one: at
 * {@code /actuator/millrace/NAME} and at all paths below it, under the exposure, the base
 * path and the security of the endpoint.
 */
public interface WebEndpointPart {

	/**
	 * What the part is asked for by.
	 * @return its name, the first segment of the path below the endpoint; not that of an
	 * {@link EndpointPart}
	 */
	String name();

	/**
	 * Read it. Called by any thread, also by several at once; may block.
	 * @param security who asks
	 * @param path what follows the name, decoded, one element for each segment; empty for
	 * the part itself. Not to be trusted: Boot takes a query parameter {@code path} in
	 * its place, and a segment may be {@code ..}
	 * @return what Spring MVC or WebFlux takes from an endpoint's operation, with its own
	 * content type: a
	 * {@link org.springframework.boot.actuate.endpoint.web.WebEndpointResponse}, or what
	 * streams in the one or the other; {@code null} for status 404
	 */
	@Nullable Object read(SecurityContext security, List<String> path);

}
