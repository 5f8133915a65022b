package io.millrace.core.http;

/**
 * Decides whom to believe about the origin of a request. Must not block.
 */
@FunctionalInterface
public interface OriginResolver {

	/**
	 * Resolve the origin of a request.
	 * @param request the head
	 * @param connection the connection it came on
	 * @return its origin
	 */
	Origin resolve(RequestHead request, ConnectionInfo connection);

}
