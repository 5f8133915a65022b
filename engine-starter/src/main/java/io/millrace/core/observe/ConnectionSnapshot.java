package io.millrace.core.observe;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One reading of an open connection. It is taken while the connection goes on, so that
 * its parts may be some microseconds apart.
 *
 * @param id what names it in this process
 * @param remoteAddress the other end
 * @param protocol such as {@code HTTP/1.1}
 * @param state idle, reading (a head or body), waiting (for a worker or permit), handling
 * (its handler runs or writes), closing, upgraded
 * @param openedAt when it was accepted
 * @param requests how many requests have come
 * @param bytesIn how many bytes have come
 * @param bytesOut how many bytes were handed to the socket
 * @param method the method of the request that is under way, {@code null} where none is
 * @param path its path without the query, {@code null} where none is
 * @param inState for how long it has been in its state
 */
public record ConnectionSnapshot(String id, InetSocketAddress remoteAddress, String protocol, String state,
		Instant openedAt, long requests, long bytesIn, long bytesOut, @Nullable String method, @Nullable String path,
		Duration inState) {

}
