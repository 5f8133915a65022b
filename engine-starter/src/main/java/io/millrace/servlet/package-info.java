/**
 * The servlet bridge: Jakarta Servlet 6.1 on top of {@link io.millrace.core.http}.
 */
@NullMarked
package io.millrace.servlet;

import org.jspecify.annotations.NullMarked;
