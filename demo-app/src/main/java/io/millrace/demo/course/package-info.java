/**
 * Courses and their seats: what can be browsed.
 */
@NullMarked
package io.millrace.demo.course;

import org.jspecify.annotations.NullMarked;
