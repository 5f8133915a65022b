/**
 * Auto-configuration for servlet applications.
 */
@NullMarked
package io.millrace.boot.autoconfigure.servlet;

import org.jspecify.annotations.NullMarked;
