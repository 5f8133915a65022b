package io.millrace.demo.course;

import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.ListCrudRepository;

/**
 * The courses.
 */
public interface CourseRepository extends ListCrudRepository<Course, Long> {

	String LISTING = """
			select c.id, c.code, c.title, c.lecturer, c.description, c.seats, c.seats_taken, s.file_name as syllabus
			from course c left join syllabus s on s.course_id = c.id
			""";

	/**
	 * Takes one seat if one is free. Condition and change are one statement, so two
	 * students after the last seat are put in order by the row lock, and the second finds
	 * it gone.
	 * @return {@code false} if the course is full or does not exist
	 */
	@Modifying
	@Query("update course set seats_taken = seats_taken + 1 where id = :id and seats_taken < seats")
	boolean takeSeat(long id);

	@Modifying
	@Query("update course set seats_taken = seats_taken - 1 where id = :id")
	boolean giveBackSeat(long id);

	@Query(LISTING + "order by c.code")
	List<CourseListing> list();

	@Query(LISTING + "where c.id = :id")
	Optional<CourseListing> listing(long id);

	@Query(LISTING + "join enrolment e on e.course_id = c.id where e.student_id = :studentId order by c.code")
	List<CourseListing> listOf(long studentId);

}
