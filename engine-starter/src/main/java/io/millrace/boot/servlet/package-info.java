/**
 * Millrace as Boot's servlet web server.
 */
@NullMarked
package io.millrace.boot.servlet;

import org.jspecify.annotations.NullMarked;
