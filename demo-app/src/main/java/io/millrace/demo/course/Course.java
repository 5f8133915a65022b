package io.millrace.demo.course;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * A course as stored. {@code seatsTaken} is only ever changed by
 * {@link CourseRepository#takeSeat} and {@link CourseRepository#giveBackSeat}, never by
 * saving a course that was read before.
 *
 * @param id {@code null} until stored
 */
public record Course(@Id @Nullable Long id, String code, String title, String lecturer, String description, int seats,
		int seatsTaken) {

	/**
	 * Returns the identifier of a course that has been stored.
	 */
	public long storedId() {
		if (this.id == null) {
			throw new IllegalStateException("Course " + this.code + " has not been stored");
		}
		return this.id;
	}

}
