package io.millrace.demo.course;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What the desk fills in to announce a course.
 */
record NewCourse(@NotNull @Pattern(regexp = "[A-Z]{2,6}-[0-9]{1,6}", message = "must look like MATH-101") String code,
		@NotBlank @Size(max = 120) String title, @NotBlank @Size(max = 100) String lecturer,
		@Nullable @Size(max = 1000) String description, @NotNull @Min(1) @Max(100_000) Integer seats) {

	Course toCourse() {
		return new Course(null, this.code, this.title.strip(), this.lecturer.strip(),
				(this.description != null) ? this.description.strip() : "", this.seats, 0);
	}

}
