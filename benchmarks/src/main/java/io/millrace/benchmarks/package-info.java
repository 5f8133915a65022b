/**
 * Benchmarks of the hot paths, and measurements of whole engines.
 */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
