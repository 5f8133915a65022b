package io.millrace.demo;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first morning of term: two thousand students at the desk at once, each with a
 * connection of its own. All of them want one course, and each of them another one too.
 */
abstract class AbstractRushTests {

	private static final int STUDENTS = 2_000;

	private static final int OTHER_COURSES = 4;

	/** Of any course, so that some of those who want it find it full. */
	private static final int SEATS = 400;

	@Test
	void noSeatIsOversoldAndNoEnrolmentLost(@LocalServerPort int port) throws Exception {
		RestTestClient http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
		Desk desk = new Desk(http);
		long popular = desk.newCourse(SEATS);
		List<Long> others = IntStream.range(0, OTHER_COURSES).mapToObj((i) -> desk.newCourse(SEATS)).toList();
		try (Crowd crowd = new Crowd(port, STUDENTS)) {
			List<Long> students = crowd.ask(AbstractRushTests::registration)
				.stream()
				.map(AbstractRushTests::registered)
				.toList();
			IntFunction<String> enrolInPopular = (i) -> enrolment(popular, students.get(i));
			IntFunction<String> enrolInOther = (i) -> enrolment(others.get(i % OTHER_COURSES), students.get(i));

			List<Integer> ofPopular = statuses(crowd.ask(enrolInPopular));
			List<Integer> ofOther = statuses(crowd.ask(enrolInOther));

			assertThat(ofPopular).containsOnly(201, 409);
			assertThat(ofOther).containsOnly(201, 409);
			checkRoll(http, popular, students, (i) -> ofPopular.get(i) == 201);
			for (int course = 0; course < OTHER_COURSES; course++) {
				int other = course;
				checkRoll(http, others.get(other), students,
						(i) -> i % OTHER_COURSES == other && ofOther.get(i) == 201);
			}
			assertThat(statuses(crowd.ask(enrolInPopular))).isEqualTo(onceMore(ofPopular));
			checkRoll(http, popular, students, (i) -> ofPopular.get(i) == 201);
		}
	}

	/**
	 * Everyone who was told to have a seat is on the roll, nobody else is, and no seat is
	 * left.
	 */
	private static void checkRoll(RestTestClient http, long course, List<Long> students, IntPredicate enrolled) {
		List<Long> expected = IntStream.range(0, STUDENTS).filter(enrolled).mapToObj(students::get).toList();
		List<Number> onTheRoll = JsonPath.read(get(http, "/courses/" + course + "/enrolments"), "$[*].studentId");
		assertThat(onTheRoll).extracting(Number::longValue).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(onTheRoll).hasSize(SEATS);
		assertThat(JsonPath.<Integer>read(get(http, "/courses/" + course), "$.seatsTaken")).isEqualTo(SEATS);
	}

	private static String get(RestTestClient http, String path) {
		return http.get().uri(path).exchange().expectBody(String.class).returnResult().getResponseBody();
	}

	private static String registration(int number) {
		String student = "{\"name\": \"Student %d\", \"email\": \"%s\"}".formatted(number, Unique.email());
		return "POST /students HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
				+ student.length() + "\r\n\r\n" + student;
	}

	private static Long registered(Crowd.Answer answer) {
		assertThat(answer.status()).isEqualTo(201);
		String location = answer.header("location");
		return Long.valueOf(location.substring(location.lastIndexOf('/') + 1));
	}

	private static String enrolment(long course, long student) {
		return "PUT /courses/" + course + "/enrolments/" + student
				+ " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
	}

	private static List<Integer> statuses(List<Crowd.Answer> answers) {
		return answers.stream().map(Crowd.Answer::status).toList();
	}

	/**
	 * Who has a seat is told 200 from now on, who has none still has none.
	 */
	private static List<Integer> onceMore(List<Integer> statuses) {
		return statuses.stream().map((status) -> (status == 201) ? 200 : status).toList();
	}

}
