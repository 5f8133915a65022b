/**
 * Content codings (RFC 9110 §8.4.1): which of them a client accepts, and their encoders
 * and decoders. Knows bytes and header values, and nothing of exchanges.
 */
@NullMarked
package io.millrace.core.compression;

import org.jspecify.annotations.NullMarked;
