package io.millrace.demo.live;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The stream the page listens to: an event {@code seats} with an array of courses, all of
 * them first, then those that change.
 */
@RestController
class LiveController {

	private final SeatBroadcaster broadcaster;

	LiveController(SeatBroadcaster broadcaster) {
		this.broadcaster = broadcaster;
	}

	@GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter live() {
		return this.broadcaster.subscribe();
	}

}
