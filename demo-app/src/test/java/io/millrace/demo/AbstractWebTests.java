package io.millrace.demo;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every endpoint and every problem, over real sockets. Subclasses choose the server and
 * the database.
 */
abstract class AbstractWebTests {

	private RestTestClient http;

	private Desk desk;

	@BeforeEach
	void connect(@LocalServerPort int port) {
		this.http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
		this.desk = new Desk(this.http);
	}

	@Test
	void someCoursesAreThereFromTheStart() {
		get("/courses").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$[?(@.code == 'PHYS-150')].title")
			.isEqualTo("Water, Weight and Work")
			.jsonPath("$[?(@.code == 'PHYS-150')].seats")
			.isEqualTo(12);
	}

	@Test
	void aCourseIsAnnouncedAndShown() {
		String code = Unique.code();
		byte[] course = post("/courses", """
				{"code": "%s", "title": " Weaving ", "lecturer": "Ada", "seats": 3}""".formatted(code)).expectStatus()
			.isCreated()
			.expectHeader()
			.valueMatches("Location", "http://localhost:\\d+/courses/\\d+")
			.expectBody()
			.jsonPath("$.title")
			.isEqualTo("Weaving")
			.jsonPath("$.seatsLeft")
			.isEqualTo(3)
			.returnResult()
			.getResponseBody();
		assertThat(course).asString().contains("\"syllabus\":null");
	}

	@Test
	void aCourseCodeIsGivenOnce() {
		String course = """
				{"code": "%s", "title": "Weaving", "lecturer": "Ada", "seats": 3}""".formatted(Unique.code());
		post("/courses", course).expectStatus().isCreated();
		problem(post("/courses", course), HttpStatus.CONFLICT).jsonPath("$.type")
			.isEqualTo("/problems.html#code-taken");
	}

	@Test
	void anImpossibleCourseIsRefusedFieldByField() {
		problem(post("/courses", "{\"code\": \"weaving\", \"title\": \" \", \"seats\": 0}"), HttpStatus.BAD_REQUEST)
			.jsonPath("$.errors[*].field")
			.value((fields) -> assertThat(fields).asInstanceOf(InstanceOfAssertFactories.LIST)
				.containsExactlyInAnyOrder("code", "title", "lecturer", "seats"));
	}

	@Test
	void anUnknownCourseIsNotFound() {
		problem(get("/courses/0"), HttpStatus.NOT_FOUND).jsonPath("$.type").isEqualTo("/problems.html#no-such-course");
		problem(get("/courses/0/enrolments"), HttpStatus.NOT_FOUND);
		problem(get("/courses/0/syllabus"), HttpStatus.NOT_FOUND);
	}

	@Test
	void aCourseNumberThatIsNoneIsRefused() {
		problem(get("/courses/first"), HttpStatus.BAD_REQUEST).jsonPath("$.instance").isEqualTo("/courses/first");
	}

	@Test
	void aStudentRegistersAndIsFound() {
		String email = Unique.email();
		post("/students", "{\"name\": \"Žofie Nováková\", \"email\": \"%s\"}".formatted(email.toUpperCase()))
			.expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.email")
			.isEqualTo(email)
			.jsonPath("$.registeredAt")
			.exists();
		get("/students?email=" + email).expectBody().jsonPath("$[0].name").isEqualTo("Žofie Nováková");
		problem(post("/students", "{\"name\": \"Another\", \"email\": \"%s\"}".formatted(email)), HttpStatus.CONFLICT)
			.jsonPath("$.title")
			.isEqualTo("E-mail address taken");
	}

	@Test
	void aStudentWithoutNameAndAddressIsRefused() {
		problem(post("/students", "{\"name\": \"\", \"email\": \"nowhere\"}"), HttpStatus.BAD_REQUEST)
			.jsonPath("$.errors.length()")
			.isEqualTo(2);
		problem(get("/students?email=nowhere"), HttpStatus.BAD_REQUEST).jsonPath("$.errors[0].field")
			.isEqualTo("email");
	}

	@Test
	void anUnknownStudentIsNotFound() {
		problem(get("/students/0"), HttpStatus.NOT_FOUND).jsonPath("$.type")
			.isEqualTo("/problems.html#no-such-student");
		problem(get("/students/0/courses"), HttpStatus.NOT_FOUND);
	}

	@Test
	void enrollingTwiceGivesOneSeat() {
		long course = this.desk.newCourse(2);
		long student = this.desk.newStudent();
		this.desk.enrol(course, student).expectStatus().isCreated();
		this.desk.enrol(course, student).expectStatus().isOk().expectBody().jsonPath("$.studentId").isEqualTo(student);
		get("/courses/" + course).expectBody().jsonPath("$.seatsTaken").isEqualTo(1);
		get("/courses/" + course + "/enrolments").expectBody().jsonPath("$.length()").isEqualTo(1);
		get("/students/" + student + "/courses").expectBody().jsonPath("$[0].id").isEqualTo(course);
	}

	@Test
	void aFullCourseIsAConflictUntilSomeoneWithdraws() {
		long course = this.desk.newCourse(1);
		long first = this.desk.newStudent();
		long second = this.desk.newStudent();
		this.desk.enrol(course, first);
		problem(this.desk.enrol(course, second), HttpStatus.CONFLICT).jsonPath("$.type")
			.isEqualTo("/problems.html#course-full");
		withdraw(course, first).expectStatus().isNoContent();
		withdraw(course, first).expectStatus().isNoContent();
		this.desk.enrol(course, second).expectStatus().isCreated();
	}

	@Test
	void nobodyEnrolsInNothing() {
		problem(this.desk.enrol(0, this.desk.newStudent()), HttpStatus.NOT_FOUND).jsonPath("$.title")
			.isEqualTo("No such course");
		problem(this.desk.enrol(this.desk.newCourse(1), 0), HttpStatus.NOT_FOUND).jsonPath("$.title")
			.isEqualTo("No such student");
		problem(withdraw(0, this.desk.newStudent()), HttpStatus.NOT_FOUND);
	}

	@Test
	void aSyllabusIsUploadedReplacedAndDownloaded() {
		long course = this.desk.newCourse(1);
		upload(course, "řád.md", "text/markdown", "# One".getBytes()).expectStatus().isCreated();
		upload(course, "C:\\plan 2.txt", "text/plain;charset=utf-8", "Zwei".getBytes()).expectStatus().isNoContent();
		get("/courses/" + course).expectBody().jsonPath("$.syllabus").isEqualTo("plan 2.txt");
		HttpHeaders headers = get("/courses/" + course + "/syllabus").expectStatus()
			.isOk()
			.expectHeader()
			.contentType(MediaType.TEXT_PLAIN)
			.expectHeader()
			.valueEquals("X-Content-Type-Options", "nosniff")
			.expectBody(String.class)
			.isEqualTo("Zwei")
			.returnResult()
			.getResponseHeaders();
		assertThat(headers.getContentDisposition().isAttachment()).isTrue();
		assertThat(headers.getContentDisposition().getFilename()).isEqualTo("plan 2.txt");
		this.http.get()
			.uri("/courses/" + course + "/syllabus")
			.header("If-Modified-Since", headers.getFirst("Last-Modified"))
			.exchange()
			.expectStatus()
			.isNotModified();
	}

	@Test
	void aSyllabusOfAnyBytesComesBackUnchanged() {
		long course = this.desk.newCourse(1);
		byte[] content = new byte[900_000];
		for (int i = 0; i < content.length; i++) {
			content[i] = (byte) (i * 31 + i / 257);
		}
		upload(course, "plan.pdf", "application/pdf", content).expectStatus().isCreated();
		get("/courses/" + course + "/syllabus").expectHeader()
			.contentLength(content.length)
			.expectBody(byte[].class)
			.isEqualTo(content);
	}

	@Test
	void aSyllabusThatIsNoDocumentIsRefused() {
		long course = this.desk.newCourse(1);
		problem(upload(course, "page.html", "text/html", "<p>".getBytes()), HttpStatus.UNSUPPORTED_MEDIA_TYPE)
			.jsonPath("$.title")
			.isEqualTo("Unusable syllabus");
		problem(upload(course, "plan.txt", "text/plain", new byte[0]), HttpStatus.BAD_REQUEST);
		problem(upload(course, "../../", "text/plain", "x".getBytes()), HttpStatus.BAD_REQUEST);
		problem(get("/courses/" + course + "/syllabus"), HttpStatus.NOT_FOUND).jsonPath("$.type")
			.isEqualTo("/problems.html#no-syllabus");
		problem(upload(0, "plan.txt", "text/plain", "x".getBytes()), HttpStatus.NOT_FOUND);
	}

	@Test
	void aSyllabusThatIsTooLargeIsRefused() {
		long course = this.desk.newCourse(1);
		problem(upload(course, "plan.pdf", "application/pdf", new byte[1_200_000]), HttpStatus.CONTENT_TOO_LARGE);
	}

	@Test
	void anUploadThatIsNoFormIsRefused() {
		String path = "/courses/" + this.desk.newCourse(1) + "/syllabus";
		problem(post(path, "{}"), HttpStatus.UNSUPPORTED_MEDIA_TYPE);
		MultiValueMap<String, Object> form = new LinkedMultiValueMap<>();
		form.add("something", "else");
		problem(this.http.post().uri(path).contentType(MediaType.MULTIPART_FORM_DATA).body(form).exchange(),
				HttpStatus.BAD_REQUEST)
			.jsonPath("$.detail")
			.isEqualTo("Required part 'file' is not present.");
	}

	@Test
	void plaintextSaysHello() {
		get("/plaintext").expectStatus()
			.isOk()
			.expectHeader()
			.contentTypeCompatibleWith(MediaType.TEXT_PLAIN)
			.expectBody(String.class)
			.isEqualTo("Hello, World!");
	}

	@Test
	void jsonSaysHello() {
		get("/json").expectHeader()
			.contentType(MediaType.APPLICATION_JSON)
			.expectBody(Map.class)
			.isEqualTo(Map.of("message", "Hello, World!"));
	}

	@Test
	void pingEchoesTheSequence() {
		post("/ping", "{\"sequence\": 9007199254740993}").expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("{\"sequence\":9007199254740993}");
	}

	@Test
	void aPingThatIsNoneIsRefused() {
		problem(post("/ping", "{}"), HttpStatus.BAD_REQUEST).jsonPath("$.errors[0].field").isEqualTo("sequence");
		problem(post("/ping", "{\"sequence\":"), HttpStatus.BAD_REQUEST);
		problem(post("/ping", "{\"sequence\": \"next\"}"), HttpStatus.BAD_REQUEST);
		problem(this.http.post().uri("/ping").contentType(MediaType.TEXT_PLAIN).body("2").exchange(),
				HttpStatus.UNSUPPORTED_MEDIA_TYPE);
	}

	@Test
	void workTakesAsLongAsAsked() {
		long start = System.nanoTime();
		get("/work?ms=30").expectStatus().isOk().expectBody(String.class).isEqualTo("ok");
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
	}

	@Test
	void workWithoutBoundsIsRefused() {
		for (String query : new String[] { "?ms=-1", "?ms=10001", "?ms=long", "?ms=", "" }) {
			problem(get("/work" + query), HttpStatus.BAD_REQUEST);
		}
	}

	@Test
	void whatIsNotThereIsNotFound() {
		problem(get("/nothing"), HttpStatus.NOT_FOUND);
	}

	@Test
	void aMethodThatIsNotSupportedIsToldWhichAre() {
		problem(this.http.method(HttpMethod.DELETE).uri("/courses").exchange().expectHeader().exists("Allow"),
				HttpStatus.METHOD_NOT_ALLOWED);
	}

	@Test
	void aBrowserIsToldAProblemToo() {
		problem(this.http.get().uri("/courses/0").accept(MediaType.TEXT_HTML).exchange(), HttpStatus.NOT_FOUND);
	}

	@Test
	void thePageAndWhatItNeedsAreServed() {
		get("/").expectStatus().isOk().expectHeader().contentTypeCompatibleWith(MediaType.TEXT_HTML);
		get("/app.js").expectStatus().isOk().expectHeader().contentTypeCompatibleWith("text/javascript");
		get("/app.css").expectStatus().isOk().expectHeader().contentTypeCompatibleWith("text/css");
		get("/favicon.svg").expectStatus().isOk().expectHeader().contentTypeCompatibleWith("image/svg+xml");
		get("/problems.html").expectStatus().isOk();
	}

	@Test
	void everyTypeOfProblemIsExplained() {
		String page = get("/problems.html").expectBody(String.class).returnResult().getResponseBody();
		assertThat(page).contains("id=\"course-full\"", "id=\"no-such-course\"", "id=\"no-such-student\"",
				"id=\"no-syllabus\"", "id=\"code-taken\"", "id=\"email-taken\"", "id=\"unusable-syllabus\"",
				"id=\"too-many-subscribers\"");
	}

	@Test
	void healthAndInfoAreExposed() {
		get("/actuator/health").expectStatus().isOk().expectBody().jsonPath("$.status").isEqualTo("UP");
		get("/actuator/info").expectStatus().isOk().expectBody().jsonPath("$.java.version").exists();
	}

	private RestTestClient.ResponseSpec get(String uri) {
		return this.http.get().uri(uri).exchange();
	}

	private RestTestClient.ResponseSpec post(String uri, String json) {
		return this.http.post().uri(uri).contentType(MediaType.APPLICATION_JSON).body(json).exchange();
	}

	private RestTestClient.ResponseSpec withdraw(long course, long student) {
		return this.http.delete().uri("/courses/{course}/enrolments/{student}", course, student).exchange();
	}

	private RestTestClient.ResponseSpec upload(long course, String name, String type, byte[] content) {
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.CONTENT_TYPE, type);
		headers.setContentDisposition(
				ContentDisposition.formData().name("file").filename(name, StandardCharsets.UTF_8).build());
		MultiValueMap<String, Object> form = new LinkedMultiValueMap<>();
		form.add("file", new HttpEntity<>(new ByteArrayResource(content), headers));
		return this.http.put()
			.uri("/courses/{course}/syllabus", course)
			.contentType(MediaType.MULTIPART_FORM_DATA)
			.body(form)
			.exchange();
	}

	private static RestTestClient.BodyContentSpec problem(RestTestClient.ResponseSpec response, HttpStatus status) {
		return response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(status.value())
			.jsonPath("$.title")
			.exists()
			.jsonPath("$.detail")
			.exists();
	}

}
