/**
 * Auto-configuration for reactive applications.
 */
@NullMarked
package io.millrace.boot.autoconfigure.reactive;

import org.jspecify.annotations.NullMarked;
