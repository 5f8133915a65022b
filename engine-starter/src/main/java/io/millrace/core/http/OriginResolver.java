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

	/**
	 * Whether the client is always who the connection comes from, so that nothing has to
	 * be resolved to know its address.
	 * @return {@code false} where a request may say otherwise
	 */
	default boolean isClientDirect() {
		return false;
	}

}
