package io.millrace.demo.student;

import java.util.List;

import org.springframework.data.repository.ListCrudRepository;

/**
 * The students.
 */
public interface StudentRepository extends ListCrudRepository<Student, Long> {

	List<Student> findByEmail(String email);

}
