/**
 * Threads for work that may block, always bounded; knows nothing of HTTP.
 */
@NullMarked
package io.millrace.core.worker;

import org.jspecify.annotations.NullMarked;
