package io.millrace.demo;

import java.util.Map;
import java.util.Objects;

import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.ExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * What tests need before they can begin, asked for as any client would.
 */
class Desk {

	private final RestTestClient http;

	Desk(RestTestClient http) {
		this.http = http;
	}

	long newCourse(int seats) {
		return created("/courses",
				Map.of("code", Unique.code(), "title", "Test", "lecturer", "Nobody", "seats", seats));
	}

	long newStudent() {
		return created("/students", Map.of("name", "Test", "email", Unique.email()));
	}

	RestTestClient.ResponseSpec enrol(long course, long student) {
		return this.http.put().uri("/courses/{course}/enrolments/{student}", course, student).exchange();
	}

	private long created(String path, Object body) {
		ExchangeResult result = this.http.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.expectStatus()
			.isCreated()
			.returnResult();
		String location = Objects.requireNonNull(result.getResponseHeaders().getLocation()).getPath();
		return Long.parseLong(location.substring(location.lastIndexOf('/') + 1));
	}

}
