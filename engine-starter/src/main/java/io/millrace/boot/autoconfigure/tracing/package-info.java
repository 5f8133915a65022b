/**
 * What the observations of Spring MVC and WebFlux tell of the engine.
 */
@NullMarked
package io.millrace.boot.autoconfigure.tracing;

import org.jspecify.annotations.NullMarked;
