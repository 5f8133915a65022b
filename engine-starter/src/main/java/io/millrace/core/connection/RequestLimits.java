package io.millrace.core.connection;

/**
 * How large requests may be, of whichever protocol version.
 *
 * @param maxHeaderSize bytes of all header fields together, more is answered 431
 * @param maxHeaderCount how many header fields, more is answered 431
 * @param maxBodySize bytes of a request body, more is answered 413; 0 for no limit
 * @param maxRequestsPerConnection how many requests are answered on a connection, 0 for
 * any number
 */
public record RequestLimits(int maxHeaderSize, int maxHeaderCount, long maxBodySize, int maxRequestsPerConnection) {

}
