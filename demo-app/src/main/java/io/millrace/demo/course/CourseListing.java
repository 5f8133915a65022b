package io.millrace.demo.course;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A course as shown to students.
 *
 * @param syllabus file name of its syllabus, {@code null} while there is none
 */
public record CourseListing(long id, String code, String title, String lecturer, String description, int seats,
		int seatsTaken, @Nullable String syllabus) {

	@JsonProperty
	public int seatsLeft() {
		return this.seats - this.seatsTaken;
	}

}
