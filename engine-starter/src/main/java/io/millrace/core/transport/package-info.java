/**
 * Sockets: which kind, who listens, what a new connection's pipeline is made of.
 */
@NullMarked
package io.millrace.core.transport;

import org.jspecify.annotations.NullMarked;
