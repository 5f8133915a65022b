/**
 * Several copies of this application side by side, each on another server:
 * {@code demo-app/compare} starts them, {@code compare.html} draws them.
 */
@NullMarked
package io.millrace.demo.compare;

import org.jspecify.annotations.NullMarked;
