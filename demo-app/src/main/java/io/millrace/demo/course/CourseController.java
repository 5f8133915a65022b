package io.millrace.demo.course;

import java.util.List;

import jakarta.validation.Valid;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Browsing and announcing courses.
 */
@RestController
@RequestMapping("/courses")
class CourseController {

	private final CourseRepository courses;

	private final ApplicationEventPublisher events;

	CourseController(CourseRepository courses, ApplicationEventPublisher events) {
		this.courses = courses;
		this.events = events;
	}

	@GetMapping
	List<CourseListing> browse() {
		return this.courses.list();
	}

	@GetMapping("/{courseId}")
	CourseListing show(@PathVariable long courseId) {
		return this.courses.listing(courseId).orElseThrow(() -> new NoSuchCourseException(courseId));
	}

	@PostMapping
	ResponseEntity<CourseListing> announce(@Valid @RequestBody NewCourse course, UriComponentsBuilder uri) {
		long id = store(course);
		this.events.publishEvent(new SeatsChanged(id));
		return ResponseEntity.created(uri.path("/courses/{id}").build(id)).body(show(id));
	}

	private long store(NewCourse course) {
		try {
			return this.courses.save(course.toCourse()).storedId();
		}
		catch (DuplicateKeyException ex) {
			throw new CodeTakenException(course.code());
		}
	}

}
