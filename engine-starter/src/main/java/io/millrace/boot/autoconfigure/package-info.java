/**
 * Auto-configuration that both stacks share: the properties, how they reach the
 * factories, and what is said when start-up fails.
 */
@NullMarked
package io.millrace.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
