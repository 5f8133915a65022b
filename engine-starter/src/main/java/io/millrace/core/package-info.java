/**
 * The engine: start, drain and stop, and its composed configuration.
 */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
