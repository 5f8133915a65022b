/**
 * The access log: a line for each request, written by a thread of its own. Knows nothing
 * but what the engine tells to observers.
 */
@NullMarked
package io.millrace.accesslog;

import org.jspecify.annotations.NullMarked;
