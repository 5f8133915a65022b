package io.millrace.demo.enrolment;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * Who sits where.
 */
interface EnrolmentRepository extends Repository<Enrolment, Long> {

	/**
	 * Inserts the pair unless it is there. Selecting both sides makes an unknown course
	 * or student insert nothing too, which spares the usual case two look-ups.
	 * @return whether a row was inserted
	 */
	@Modifying
	@Query("""
			insert into enrolment (course_id, student_id, enrolled_at)
			select c.id, s.id, :now from course c, student s where c.id = :courseId and s.id = :studentId
			on conflict do nothing
			""")
	boolean insertIfAbsent(long courseId, long studentId, Instant now);

	@Modifying
	@Query("delete from enrolment where course_id = :courseId and student_id = :studentId")
	boolean delete(long courseId, long studentId);

	Optional<Enrolment> findByCourseIdAndStudentId(long courseId, long studentId);

	List<Enrolment> findByCourseIdOrderById(long courseId);

}
