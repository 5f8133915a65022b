/**
 * HTTP/1.1 and HTTP/1.0 (RFC 9112).
 */
@NullMarked
package io.millrace.core.http1;

import org.jspecify.annotations.NullMarked;
