/**
 * Millrace: a tuned Netty engine that serves Spring MVC and WebFlux applications.
 */
@NullMarked
package io.millrace;

import org.jspecify.annotations.NullMarked;
