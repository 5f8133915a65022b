/**
 * Limits that adapt to what is measured: Netflix concurrency-limits on the engine's
 * admission. For applications that have the library on their class path.
 */
@NullMarked
package io.millrace.boot.admission;

import org.jspecify.annotations.NullMarked;
