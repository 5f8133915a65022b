/**
 * Seats as they change, pushed to browsers as server-sent events.
 */
@NullMarked
package io.millrace.demo.live;

import org.jspecify.annotations.NullMarked;
