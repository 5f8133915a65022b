/**
 * Millrace as Boot's reactive web server.
 */
@NullMarked
package io.millrace.boot.reactive;

import org.jspecify.annotations.NullMarked;
