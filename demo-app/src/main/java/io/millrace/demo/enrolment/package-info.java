/**
 * Taking a seat in a course and giving it back.
 */
@NullMarked
package io.millrace.demo.enrolment;

import org.jspecify.annotations.NullMarked;
