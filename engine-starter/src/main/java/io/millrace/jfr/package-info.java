/**
 * What happens in the engine, as events of the JDK's flight recorder. Needs the module
 * {@code jdk.jfr}.
 */
@NullMarked
package io.millrace.jfr;

import org.jspecify.annotations.NullMarked;
