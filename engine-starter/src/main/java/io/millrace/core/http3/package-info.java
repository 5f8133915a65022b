/**
 * HTTP/3 (RFC 9114) over QUIC (RFC 9000), by Netty's codec. Nothing here is loaded where
 * HTTP/3 is off, so that Netty's codec need not be there.
 */
@NullMarked
package io.millrace.core.http3;

import org.jspecify.annotations.NullMarked;
