/**
 * The enrolment desk of a college: an ordinary Spring MVC application, with nothing in it
 * that knows which server it runs on.
 */
@NullMarked
package io.millrace.demo;

import org.jspecify.annotations.NullMarked;
