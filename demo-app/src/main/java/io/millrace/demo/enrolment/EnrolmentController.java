package io.millrace.demo.enrolment;

import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Enrolling and withdrawing. Both name what shall be so, not what to do, and can be sent
 * again by a client that missed the answer.
 */
@RestController
@RequestMapping("/courses/{courseId}/enrolments")
class EnrolmentController {

	private final EnrolmentDesk desk;

	EnrolmentController(EnrolmentDesk desk) {
		this.desk = desk;
	}

	@GetMapping
	List<Enrolment> roll(@PathVariable long courseId) {
		return this.desk.roll(courseId);
	}

	@PutMapping("/{studentId}")
	ResponseEntity<Enrolment> enrol(@PathVariable long courseId, @PathVariable long studentId) {
		EnrolmentDesk.Seat seat = this.desk.enrol(courseId, studentId);
		return ResponseEntity.status(seat.taken() ? HttpStatus.CREATED : HttpStatus.OK).body(seat.enrolment());
	}

	@DeleteMapping("/{studentId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void withdraw(@PathVariable long courseId, @PathVariable long studentId) {
		this.desk.withdraw(courseId, studentId);
	}

}
