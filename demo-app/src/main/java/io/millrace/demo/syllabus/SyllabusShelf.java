package io.millrace.demo.syllabus;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.millrace.demo.course.CourseRepository;
import io.millrace.demo.course.NoSuchCourseException;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps one syllabus for each course.
 */
@Service
class SyllabusShelf {

	private final SyllabusRepository syllabi;

	private final CourseRepository courses;

	SyllabusShelf(SyllabusRepository syllabi, CourseRepository courses) {
		this.syllabi = syllabi;
		this.courses = courses;
	}

	/**
	 * Puts a document in place of the one before. Two uploads at once may both find none
	 * to remove; the one that then loses the insert is repeated and wins, as the later
	 * one should.
	 * @return {@code true} if there was none before
	 */
	@Retryable(includes = { DuplicateKeyException.class, TransientDataAccessException.class }, maxRetries = 6,
			delay = 10, jitter = 5, multiplier = 2, maxDelay = 200)
	@Transactional
	boolean put(long courseId, String fileName, String contentType, byte[] content) {
		boolean replaced = this.syllabi.delete(courseId);
		Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
		if (!this.syllabi.insert(courseId, fileName, contentType, content, now)) {
			throw new NoSuchCourseException(courseId);
		}
		return !replaced;
	}

	Syllabus get(long courseId) {
		return this.syllabi.findById(courseId).orElseThrow(() -> {
			if (!this.courses.existsById(courseId)) {
				throw new NoSuchCourseException(courseId);
			}
			return new NoSyllabusException(courseId);
		});
	}

}
