package io.millrace.demo.live;

import io.millrace.demo.course.Course;

/**
 * How many seats of a course are taken.
 */
record CourseSeats(long courseId, int seats, int seatsTaken) {

	static CourseSeats of(Course course) {
		return new CourseSeats(course.storedId(), course.seats(), course.seatsTaken());
	}

}
