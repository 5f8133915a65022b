/**
 * Boot's view of the engine: the web server, what both factories share, and the
 * exceptions that stop start-up.
 */
@NullMarked
package io.millrace.boot;

import org.jspecify.annotations.NullMarked;
