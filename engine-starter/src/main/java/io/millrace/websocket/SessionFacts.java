package io.millrace.websocket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What is known of a session by its handshake.
 *
 * @param uri what was asked for
 * @param headers the header fields of the handshake
 * @param attributes what interceptors have left for the session
 * @param user who has asked, {@code null} where nobody knows
 * @param localAddress where
 * @param remoteAddress from where
 */
record SessionFacts(URI uri, HttpHeaders headers, Map<String, Object> attributes, @Nullable Principal user,
		InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
}
