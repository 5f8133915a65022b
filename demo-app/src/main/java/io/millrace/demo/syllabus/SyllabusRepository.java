package io.millrace.demo.syllabus;

import java.time.Instant;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * The uploaded documents.
 */
interface SyllabusRepository extends Repository<Syllabus, Long> {

	Optional<Syllabus> findById(long courseId);

	/**
	 * Removes the document, so that a new one can take its place: there is no upsert that
	 * both databases speak.
	 */
	@Modifying
	@Query("delete from syllabus where course_id = :courseId")
	boolean delete(long courseId);

	@Modifying
	@Query("""
			insert into syllabus (course_id, file_name, content_type, content, uploaded_at)
			select id, :fileName, :contentType, :content, :uploadedAt from course where id = :courseId
			""")
	boolean insert(long courseId, String fileName, String contentType, byte[] content, Instant uploadedAt);

}
