package io.millrace.demo.course;

/**
 * Seats of a course were taken or given back, or the course is new. Says nothing about
 * how many are left: by the time someone listens the number has changed again, so
 * listeners read it.
 */
public record SeatsChanged(long courseId) {

}
