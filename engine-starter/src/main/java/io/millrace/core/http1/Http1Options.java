package io.millrace.core.http1;

import io.millrace.core.connection.RequestLimits;
import io.millrace.core.connection.Syntax;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a request and what every response carries.
 *
 * @param maxRequestLineSize bytes of a request line, more is answered 414; 64 or more
 * @param maxHeaderSize bytes of all header fields together, more is answered 431; 64 or
 * more
 * @param maxHeaderCount how many header fields, more is answered 431; 1 or more
 * @param maxBodySize bytes of a request body, more is answered 413; 0 for no limit
 * @param maxDrainSize how many bytes of an unread body are read away after the response,
 * so that the connection can be kept; above it the connection is closed
 * @param maxRequestsPerConnection how many requests are answered on a connection: the
 * last response says {@code Connection: close}. 0 for no limit
 * @param serverHeader the value of the Server header, {@code null} for none
 */
public record Http1Options(int maxRequestLineSize, int maxHeaderSize, int maxHeaderCount, long maxBodySize,
		long maxDrainSize, int maxRequestsPerConnection, @Nullable String serverHeader) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public Http1Options {
		require(maxRequestLineSize >= 64, "maxRequestLineSize has to be 64 or more, and is " + maxRequestLineSize);
		require(maxHeaderSize >= 64, "maxHeaderSize has to be 64 or more, and is " + maxHeaderSize);
		require(maxHeaderCount >= 1, "maxHeaderCount has to be 1 or more, and is " + maxHeaderCount);
		require(maxBodySize >= 0, "maxBodySize has to be 0 (no limit) or more, and is " + maxBodySize);
		require(maxDrainSize >= 0, "maxDrainSize has to be 0 or more, and is " + maxDrainSize);
		require(maxRequestsPerConnection >= 0,
				"maxRequestsPerConnection has to be 0 (no limit) or more, and is " + maxRequestsPerConnection);
		require(serverHeader == null || Syntax.isValue(serverHeader), "serverHeader has a control character");
	}

	private static void require(boolean valid, String message) {
		if (!valid) {
			throw new IllegalArgumentException(message);
		}
	}

	/**
	 * What holds for requests of other protocol versions too.
	 * @return the limits
	 */
	public RequestLimits limits() {
		return new RequestLimits(this.maxHeaderSize, this.maxHeaderCount, this.maxBodySize,
				this.maxRequestsPerConnection);
	}

	/**
	 * The options that nobody changed: 8 KB, 8 KB, 100 fields, no limit of the body, 2 MB
	 * drained, no limit of requests on a connection, no Server header.
	 * @return the defaults
	 */
	public static Http1Options defaults() {
		return new Http1Options(8 * 1024, 8 * 1024, 100, 0, 2 * 1024 * 1024, 0, null);
	}

}
