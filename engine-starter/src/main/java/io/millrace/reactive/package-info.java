/**
 * The reactive bridge: serves a Spring {@code HttpHandler}, which is what a WebFlux
 * application is to a server.
 */
@NullMarked
package io.millrace.reactive;

import org.jspecify.annotations.NullMarked;
