package io.millrace.core.connection;

/**
 * A connection that goes on with another protocol than the one it has begun with.
 *
 * @param before the connection so far
 * @param life tells the observers of it
 * @param counts what it has carried
 * @param info what handlers may know of it
 * @param encrypted whether what is written is encrypted on its way to the socket
 */
public record HandedOver(OpenConnection before, ConnectionLife life, ConnectionCounts counts, SocketInfo info,
		boolean encrypted) {

}
