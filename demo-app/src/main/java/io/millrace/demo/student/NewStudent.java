package io.millrace.demo.student;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/**
 * What a student fills in to register.
 */
record NewStudent(@NotBlank @Size(max = 100) String name, @NotBlank @Email @Size(max = 254) String email) {

	Student toStudent() {
		// Microseconds are what both databases keep.
		Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
		return new Student(null, this.name.strip(), normalized(this.email), now);
	}

	static String normalized(String email) {
		return email.strip().toLowerCase(Locale.ROOT);
	}

}
