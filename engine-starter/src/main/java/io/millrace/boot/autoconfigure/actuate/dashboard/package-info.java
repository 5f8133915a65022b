/**
 * The stream of the endpoint and the page that draws it.
 */
@NullMarked
package io.millrace.boot.autoconfigure.actuate.dashboard;

import org.jspecify.annotations.NullMarked;
