/**
 * WebSocket (RFC 6455) and its compression (RFC 7692), on an exchange that has switched
 * protocols: bytes come from its upgraded body and leave by its response body, so that
 * the version of HTTP beneath does not matter.
 */
@NullMarked
package io.millrace.core.websocket;

import org.jspecify.annotations.NullMarked;
