/**
 * What the engine tells, as meters of Micrometer.
 */
@NullMarked
package io.millrace.boot.metrics;

import org.jspecify.annotations.NullMarked;
