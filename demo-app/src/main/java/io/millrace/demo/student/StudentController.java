package io.millrace.demo.student;

import java.util.List;

import io.millrace.demo.course.CourseListing;
import io.millrace.demo.course.CourseRepository;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Registering students and looking them up.
 */
@RestController
@RequestMapping("/students")
class StudentController {

	private final StudentRepository students;

	private final CourseRepository courses;

	StudentController(StudentRepository students, CourseRepository courses) {
		this.students = students;
		this.courses = courses;
	}

	@PostMapping
	ResponseEntity<Student> register(@Valid @RequestBody NewStudent student, UriComponentsBuilder uri) {
		Student registered = store(student);
		return ResponseEntity.created(uri.path("/students/{id}").build(registered.id())).body(registered);
	}

	@GetMapping(params = "email")
	List<Student> find(@RequestParam @Email String email) {
		return this.students.findByEmail(NewStudent.normalized(email));
	}

	@GetMapping("/{studentId}")
	Student show(@PathVariable long studentId) {
		return this.students.findById(studentId).orElseThrow(() -> new NoSuchStudentException(studentId));
	}

	@GetMapping("/{studentId}/courses")
	List<CourseListing> timetable(@PathVariable long studentId) {
		show(studentId);
		return this.courses.listOf(studentId);
	}

	private Student store(NewStudent student) {
		try {
			return this.students.save(student.toStudent());
		}
		catch (DuplicateKeyException ex) {
			throw new EmailTakenException();
		}
	}

}
