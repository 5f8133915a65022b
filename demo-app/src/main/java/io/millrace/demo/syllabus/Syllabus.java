package io.millrace.demo.syllabus;

import java.time.Instant;

import org.springframework.data.annotation.Id;

/**
 * The document of one course.
 *
 * @param uploadedAt in whole seconds, as HTTP dates are
 */
record Syllabus(@Id long courseId, String fileName, String contentType, byte[] content, Instant uploadedAt) {

}
