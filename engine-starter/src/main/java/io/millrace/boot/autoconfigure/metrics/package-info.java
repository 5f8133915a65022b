/**
 * Auto-configuration of the meters.
 */
@NullMarked
package io.millrace.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
