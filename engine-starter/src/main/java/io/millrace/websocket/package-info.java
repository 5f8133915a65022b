/**
 * Spring's servlet {@code WebSocketHandler}, and with it STOMP and SockJS, on the
 * engine's own WebSocket connections: no {@code jakarta.websocket} in between.
 */
@NullMarked
package io.millrace.websocket;

import org.jspecify.annotations.NullMarked;
