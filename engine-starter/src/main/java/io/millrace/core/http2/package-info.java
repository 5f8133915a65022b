/**
 * HTTP/2 (RFC 9113), on Netty's codec of its frames.
 */
@NullMarked
package io.millrace.core.http2;

import org.jspecify.annotations.NullMarked;
