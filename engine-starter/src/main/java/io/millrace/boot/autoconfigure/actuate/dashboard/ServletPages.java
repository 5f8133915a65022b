package io.millrace.boot.autoconfigure.actuate.dashboard;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * Pages in Spring MVC, which takes a whole response as the result of an operation.
 */
final class ServletPages {

	private ServletPages() {
	}

	static ResponseEntity<byte[]> toResponse(Page page) {
		return ResponseEntity.status(page.status())
			.header(HttpHeaders.CONTENT_TYPE, page.contentType())
			.headers((headers) -> page.headers().forEach(headers::set))
			.body(page.content());
	}

}
