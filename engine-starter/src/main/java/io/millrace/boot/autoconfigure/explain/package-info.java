/**
 * Explains the settings of an application: what is in force and where it comes from, and
 * what had better be otherwise. Knows nothing of the actuator.
 */
@NullMarked
package io.millrace.boot.autoconfigure.explain;

import org.jspecify.annotations.NullMarked;
