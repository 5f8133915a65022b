package io.millrace.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

	/** The only failure a server may answer with, and the student then tries again. */
	private static final int BUSY = 503;

	private static final int ATTEMPTS = 500;

	private final ExecutorService threads = Executors.newFixedThreadPool(4);

	private final HttpClient client = HttpClient.newBuilder().executor(this.threads).build();

	private String root;

	private Desk desk;

	@BeforeEach
	void connect(@LocalServerPort int port) {
		this.root = "http://localhost:" + port;
		this.desk = new Desk(RestTestClient.bindToServer().baseUrl(this.root).build());
	}

	@AfterEach
	void goHome() {
		this.threads.shutdownNow();
	}

	@Test
	@Timeout(120)
	void noSeatIsOversoldAndNoEnrolmentLost() throws Exception {
		long popular = this.desk.newCourse(SEATS);
		List<Long> others = IntStream.range(0, OTHER_COURSES).mapToObj((i) -> this.desk.newCourse(SEATS)).toList();
		List<Long> students = everyone((i) -> register("Student " + i));

		List<Told> told = everyone((i) -> enrol(popular, others.get(i % OTHER_COURSES), students.get(i)));
		List<Told> toldAgain = everyone((i) -> enrol(popular, others.get(i % OTHER_COURSES), students.get(i)));

		assertThat(told).extracting(Told::ofPopular).containsOnly(201, 409);
		assertThat(told).extracting(Told::ofOther).containsOnly(201, 409);
		checkRoll(popular, students, (i) -> told.get(i).ofPopular() == 201);
		for (int course = 0; course < OTHER_COURSES; course++) {
			int other = course;
			checkRoll(others.get(other), students, (i) -> i % OTHER_COURSES == other && told.get(i).ofOther() == 201);
		}
		assertThat(toldAgain).isEqualTo(told.stream().map(Told::onceMore).toList());
	}

	/**
	 * Everyone who was told to have a seat is on the roll, nobody else is, and no seat is
	 * empty.
	 */
	private void checkRoll(long course, List<Long> students, Function<Integer, Boolean> enrolled) throws Exception {
		String roll = get("/courses/" + course + "/enrolments");
		List<Number> onTheRoll = JsonPath.read(roll, "$[*].studentId");
		List<Long> expected = IntStream.range(0, STUDENTS).filter(enrolled::apply).mapToObj(students::get).toList();
		assertThat(onTheRoll).extracting(Number::longValue).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(onTheRoll).hasSize(SEATS);
		assertThat(JsonPath.<Integer>read(get("/courses/" + course), "$.seatsTaken")).isEqualTo(SEATS);
	}

	private CompletableFuture<Long> register(String name) {
		String student = "{\"name\": \"%s\", \"email\": \"%s\"}".formatted(name, Unique.email());
		HttpRequest request = request("/students").header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(student))
			.build();
		return send(request, ATTEMPTS).thenApply((response) -> {
			assertThat(response.statusCode()).isEqualTo(201);
			return JsonPath.<Number>read(response.body(), "$.id").longValue();
		});
	}

	private CompletableFuture<Told> enrol(long popular, long other, long student) {
		return put(popular, student)
			.thenCompose((ofPopular) -> put(other, student).thenApply((ofOther) -> new Told(ofPopular, ofOther)));
	}

	private CompletableFuture<Integer> put(long course, long student) {
		HttpRequest request = request("/courses/" + course + "/enrolments/" + student).PUT(BodyPublishers.noBody())
			.build();
		return send(request, ATTEMPTS).thenApply(HttpResponse::statusCode);
	}

	private String get(String path) throws Exception {
		return send(request(path).build(), 1).get(10, TimeUnit.SECONDS).body();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.root + path));
	}

	private CompletableFuture<HttpResponse<String>> send(HttpRequest request, int attempts) {
		return this.client.sendAsync(request, BodyHandlers.ofString()).thenCompose((response) -> {
			if (response.statusCode() != BUSY || attempts == 1) {
				return CompletableFuture.completedFuture(response);
			}
			assertThat(response.headers().firstValue("Retry-After")).isPresent();
			return CompletableFuture
				.supplyAsync(() -> send(request, attempts - 1),
						CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS, this.threads))
				.thenCompose(Function.identity());
		});
	}

	private static <T> List<T> everyone(IntFunction<CompletableFuture<T>> action) throws Exception {
		List<CompletableFuture<T>> all = IntStream.range(0, STUDENTS).mapToObj(action).toList();
		List<T> results = new ArrayList<>();
		for (CompletableFuture<T> each : all) {
			results.add(each.get(60, TimeUnit.SECONDS));
		}
		return results;
	}

	/**
	 * The status codes one student was answered.
	 */
	private record Told(int ofPopular, int ofOther) {

		Told onceMore() {
			return new Told(onceMore(this.ofPopular), onceMore(this.ofOther));
		}

		private static int onceMore(int status) {
			return (status == 201) ? 200 : status;
		}

	}

}
