/**
 * The actuator endpoint {@code millrace}, and the engine's part in the application's
 * health.
 */
@NullMarked
package io.millrace.boot.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
