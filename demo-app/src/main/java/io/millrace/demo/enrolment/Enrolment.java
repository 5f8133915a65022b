package io.millrace.demo.enrolment;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * One student's seat in one course.
 *
 * @param id the row's number; the pair of course and student is what identifies it
 * outside
 */
record Enrolment(@Id @JsonIgnore @Nullable Long id, long courseId, long studentId, Instant enrolledAt) {

}
