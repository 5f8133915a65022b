/**
 * Students and their registration.
 */
@NullMarked
package io.millrace.demo.student;

import org.jspecify.annotations.NullMarked;
