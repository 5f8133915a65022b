package io.millrace.servlet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.millrace.core.http.ProtocolException;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.support.StandardMultipartHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link MultipartReader} and what belongs to it.
 */
class MultipartReaderTests {

	private static final String CONTENT_TYPE = "multipart/form-data; boundary=b";

	private static final String TWO_PARTS = """
			--b\r
			Content-Disposition: form-data; name="field"\r
			\r
			value \r\r
			-\r
			--\r
			--a\r
			--b\r
			Content-Disposition: form-data; name="file"; filename="f.txt"\r
			Content-Type: text/plain\r
			\r
			content of the file\r
			\r
			--b--\r
			""";

	@TempDir
	Path directory;

	@Test
	void fieldsAndFilesAreRead() throws IOException {
		try (MultipartForm form = read(TWO_PARTS)) {
			assertThat(form.parts()).hasSize(2);
			Part field = form.parts().get(0);
			assertThat(field.getName()).isEqualTo("field");
			assertThat(field.getSubmittedFileName()).isNull();
			assertThat(field.getContentType()).isNull();
			assertThat(text(field)).isEqualTo("value \r\r\n-\r\n--\r\n--a");
			assertThat(field.getSize()).isEqualTo(19);
			Part file = form.part("file");
			assertThat(file.getSubmittedFileName()).isEqualTo("f.txt");
			assertThat(file.getContentType()).isEqualTo("text/plain");
			assertThat(text(file)).isEqualTo("content of the file\r\n");
			assertThat(form.part("x")).isNull();
		}
	}

	@Test
	void aBodyCutIntoTwoReadsAtEveryOctetIsTheSame() throws IOException {
		byte[] body = TWO_PARTS.getBytes(StandardCharsets.UTF_8);
		for (int cut = 1; cut < body.length; cut++) {
			InputStream stream = new CutInputStream(body, cut);
			try (MultipartForm form = read(stream, CONTENT_TYPE, config(-1, -1, 0), MultipartLimits.DEFAULTS)) {
				assertThat(form.parts()).as("cut at %d", cut).hasSize(2);
				assertThat(text(form.parts().get(0))).isEqualTo("value \r\r\n-\r\n--\r\n--a");
				assertThat(text(form.parts().get(1))).isEqualTo("content of the file\r\n");
			}
		}
		assertThat(files()).isEmpty();
	}

	@Test
	void aBodyThatComesOctetByOctetIsTheSame() throws IOException {
		InputStream stream = new CutInputStream(TWO_PARTS.getBytes(StandardCharsets.UTF_8), 0);
		try (MultipartForm form = read(stream, CONTENT_TYPE, config(-1, -1, 0), MultipartLimits.DEFAULTS)) {
			assertThat(form.parts()).extracting(MultipartReaderTests::text)
				.containsExactly("value \r\r\n-\r\n--\r\n--a", "content of the file\r\n");
		}
	}

	@Test
	void aBodyThatEndsTooEarlyIsRefusedWhereverItEnds() throws IOException {
		int last = TWO_PARTS.lastIndexOf("--b--") + 5;
		for (int length = 1; length < last; length++) {
			String body = TWO_PARTS.substring(0, length);
			assertThatExceptionOfType(ProtocolException.class).as("%d octets", length)
				.isThrownBy(() -> read(body))
				.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
			assertThat(files()).isEmpty();
		}
	}

	@Test
	void delimitersAcrossTheEdgeOfTheBufferAreFound() throws IOException {
		for (int size = 8192 - 200; size < 8192 + 20; size++) {
			String content = "\r\n--".repeat(size / 4) + "x".repeat(size % 4);
			try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", content))) {
				assertThat(text(form.parts().get(0))).as("%d octets", size).isEqualTo(content);
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "multipart/form-data; boundary=\"b\"", "multipart/form-data; Boundary=b",
					"multipart/form-data; charset=UTF-8; boundary=b", "multipart/form-data;boundary=b;x",
					"Multipart/Form-Data ; boundary = b" })
	void theBoundaryIsAParameterOfTheContentType(String contentType) throws IOException {
		assertThat(readText(contentType, part("name=\"a\"", "1"))).isEqualTo("a null 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "multipart/form-data", "multipart/form-data; boundary=",
			"multipart/form-data; boundary=\"\"", "multipart/form-data; boundary", "text/plain" })
	void aMissingBoundaryIsRefused(String contentType) {
		assertRefused(contentType, part("name=\"a\"", "1"));
	}

	@Test
	void anEndlessBoundaryIsRefused() {
		assertRefused("multipart/form-data; boundary=" + "b".repeat(257), part("name=\"a\"", "1"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false,
			value = { "name=\"a\"|a null", "name=a|a null", "NAME=\"a\"; Filename=\"f\"|a f", "name='a'|'a' null",
					"name=\"a\"; filename=\"\"|a ", "name=\"a\"; filename|a ",
					"name=\"a\"; filename=f g.txt |a f g.txt", "name=\"a;b\"; filename=\"c;d=e\"|a;b c;d=e",
					"name=\"a\"; filename=\"x\\\"y.txt\"|a x\"y.txt",
					"name=\"a\"; filename=\"C:\\dir\\new.txt\"|a C:\\dir\\new.txt",
					"name=\"a\"; filename=\"C:\\\\dir\\\\new.txt\"|a C:\\dir\\new.txt",
					"name=\"a\"; filename=\"a%22b.txt\"|a a%22b.txt", "name=\"a\"; filename=\"../../x\"|a ../../x",
					"name=\"a\"; filename=\"/etc/passwd\"|a /etc/passwd", "name=\"a\"; filename=\"open|a open",
					"name=\"a\";; filename=\"f\";|a f", "name=\"café\"; filename=\"é€.txt\"|café é€.txt",
					"name=\"a\"; filename=\"x\"; filename*=UTF-8''caf%C3%A9.txt|a café.txt",
					"name=\"a\"; filename*=UTF-8'en'%e2%82%ac.txt; filename=\"x\"|a €.txt",
					"name=\"a\"; filename*=iso-8859-1'en'caf%E9.txt|a café.txt",
					"name=\"a\"; filename=\"x\"; filename*=UTF-8''%zz|a x", "name=\"a\"; filename*=UTF-8''%c0%ae|a ",
					"name=\"a\"; filename=\"x\"; filename*=no-such-charset''y|a x",
					"name=\"a\"; filename=\"x\"; filename*=broken|a x", "name=\"a\"; name=\"b\"|a null" })
	void namesAreReadFromTheContentDisposition(String disposition, String expected) throws IOException {
		assertThat(readText(CONTENT_TYPE, part(disposition, "1"))).isEqualTo(expected + " 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Disposition: form-data\r\n", "Content-Disposition: form-data; name=\"\"\r\n",
			"Content-Disposition: attachment; name=\"a\"\r\n", "Content-Type: text/plain\r\n", "", "nonsense\r\n" })
	void aPartWithoutANameIsLeftOut(String header) throws IOException {
		String body = "--b\r\n" + header + "\r\nleft out\r\n" + part("name=\"a\"", "1");
		assertThat(readText(CONTENT_TYPE, body)).isEqualTo("a null 1");
	}

	@Test
	void headersAreToldByNameInAnyCase() throws IOException {
		String body = "--b\r\nContent-Disposition: form-data;\r\n\tname=\"a\"\r\nX-A:  1 \r\nno colon\r\nx-a: 2\r\n: x\r\n"
				+ "\r\n1\r\n--b--";
		try (MultipartForm form = read(body)) {
			Part part = form.parts().get(0);
			assertThat(part.getName()).isEqualTo("a");
			assertThat(part.getHeader("X-a")).isEqualTo("1");
			assertThat(part.getHeaders("X-A")).containsExactly("1", "2");
			assertThat(part.getHeader("X-B")).isNull();
			assertThat(part.getHeaders("X-B")).isEmpty();
			assertThat(part.getHeaderNames()).containsExactly("content-disposition", "x-a");
		}
	}

	@Test
	void preambleEpilogueAndPaddingAreLeftOut() throws IOException {
		String body = "preamble\r\n--b \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--epilogue\r\n--b\r\n";
		assertThat(readText(CONTENT_TYPE, body)).isEqualTo("a null 1");
	}

	@Test
	void contentMayBeEmptyOrLookLikeADelimiter() throws IOException {
		assertThat(readText(CONTENT_TYPE, part("name=\"a\"", ""))).isEqualTo("a null ");
		assertThat(readText(CONTENT_TYPE, part("name=\"a\"", "--b\r\n--B\r\n\r\r\n--")))
			.isEqualTo("a null --b\r\n--B\r\n\r\r\n--");
	}

	@Test
	void aNestedMultipartIsContent() throws IOException {
		String body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
				+ "--c\r\n\r\nx\r\n--c--\r\n--b--";
		assertThat(readText(CONTENT_TYPE, body)).isEqualTo("a null --c\r\n\r\nx\r\n--c--");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "--b--", "--b--\r\n", "nothing", "--c--", "--c\r\nx\r\n--c--\r\n" })
	void aBodyWithoutPartsHasNone(String body) throws IOException {
		try (MultipartForm form = read(body)) {
			assertThat(form.parts()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--b", "--b\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b--",
			"--b\r\nContent-Disposition: form-data; name=\"a\"\n\r\n1\r\n--b--",
			"--b\r\nContent-Disposition: form-data; name=\"a\"\rX: y\r\n\r\n1\r\n--b--",
			"--b\r\nContent-Disposition: form-data; name=\"a\u0000\"\r\n\r\n1\r\n--b--",
			"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--bx\r\n--b--", "--b-x", "--b\rx",
			"--bb--" })
	void aMalformedBodyIsRefused(String body) {
		assertRefused(CONTENT_TYPE, body);
	}

	@Test
	void aFileAboveTheThresholdIsOnDiskUntilTheFormIsClosed() throws IOException {
		MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "x".repeat(100)), config(-1, -1, 99));
		assertThat(files()).hasSize(1);
		assertThat(text(form.parts().get(0))).hasSize(100);
		assertThat(text(form.parts().get(0))).hasSize(100);
		form.close();
		form.close();
		assertThat(files()).isEmpty();
		assertThatIOException().isThrownBy(() -> form.parts().get(0).getInputStream());
	}

	@Test
	void aFileUpToTheThresholdIsInMemory() throws IOException {
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "x".repeat(100)), config(-1, -1, 100))) {
			assertThat(files()).isEmpty();
			assertThat(text(form.parts().get(0))).hasSize(100);
		}
	}

	@Test
	void aFieldIsInMemoryUnlessItIsLarge() throws IOException {
		try (MultipartForm form = read(part("name=\"a\"", "x".repeat(8192)), config(-1, -1, 0))) {
			assertThat(files()).isEmpty();
			assertThat(form.parts().get(0).getSize()).isEqualTo(8192);
		}
		try (MultipartForm form = read(part("name=\"a\"", "x".repeat(8193)), config(-1, -1, 0))) {
			assertThat(files()).hasSize(1);
			assertThat(text(form.parts().get(0))).hasSize(8193);
		}
	}

	@Test
	void aLargeFileIsReadWhole() throws IOException {
		String content = "0123456789abcdef\r\n--".repeat(100_000);
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", content), config(-1, -1, 1000))) {
			assertThat(form.parts().get(0).getSize()).isEqualTo(2_000_000);
			assertThat(text(form.parts().get(0))).isEqualTo(content);
		}
	}

	@ParameterizedTest
	@CsvSource({ "name=\"a\"; filename=\"f\"", "name=\"a\"" })
	void aPartAboveItsMaximumSizeIsRefused(String disposition) throws IOException {
		try (MultipartForm form = read(part(disposition, "x".repeat(10)), config(10, -1, 0))) {
			assertThat(form.parts()).hasSize(1);
		}
		assertTooLarge(() -> read(part(disposition, "x".repeat(11)), config(10, -1, 0)));
		assertTooLarge(() -> read(part(disposition, "x".repeat(100_000)), config(10, -1, 0)));
		assertThat(files()).isEmpty();
	}

	@Test
	void aRequestAboveItsMaximumSizeIsRefused() throws IOException {
		String body = part("name=\"a\"; filename=\"f\"", "x".repeat(100_000));
		try (MultipartForm form = read(body, config(-1, body.length(), 0))) {
			assertThat(form.parts()).hasSize(1);
		}
		assertTooLarge(() -> read(body, config(-1, body.length() - 1, 0)));
		assertTooLarge(() -> read("x".repeat(100_000), config(-1, 1000, 0)));
		assertThat(files()).isEmpty();
	}

	@Test
	void anEndlessBodyIsRefusedWhenItsMaximumSizeIsReached() {
		InputStream endless = new InputStream() {

			@Override
			public int read() {
				return 'x';
			}

		};
		assertTooLarge(() -> read(endless, CONTENT_TYPE, config(-1, 1_000_000, 0), MultipartLimits.DEFAULTS));
	}

	@Test
	void moreThanTheAllowedPartsAreRefused() throws IOException {
		String many = part("name=\"a\"; filename=\"f\"", "1").replace("--b--", "").repeat(50);
		try (MultipartForm form = read(many + "--b--")) {
			assertThat(form.parts()).hasSize(50);
		}
		assertTooLarge(() -> read(many + part("name=\"a\"", "1")));
		assertTooLarge(() -> read(many + "--b\r\n\r\nnameless\r\n--b--"));
		assertTooLarge(() -> read(many.repeat(200)));
		assertThat(files()).isEmpty();
	}

	@Test
	void anEndlessPartHeaderIsRefused() throws IOException {
		String header = "Content-Disposition: form-data; name=\"a\"\r\nX: ";
		String exact = header + "y".repeat(512 - header.length() - 4);
		assertThat(readText(CONTENT_TYPE, "--b\r\n" + exact + "\r\n\r\n1\r\n--b--")).isEqualTo("a null 1");
		assertTooLarge(() -> read("--b\r\n" + exact + "y\r\n\r\n1\r\n--b--"));
		assertTooLarge(() -> read("--b\r\n" + header + "y".repeat(100_000)));
		assertTooLarge(() -> read("--b\r\n" + "a: b\r\n".repeat(100_000)));
		assertTooLarge(() -> read("--b\r\n" + header + "\r\n y".repeat(100_000)));
	}

	@Test
	void negativeLimitsAreNone() throws IOException {
		String body = ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\nX: " + "y".repeat(10_000)
				+ "\r\n\r\n1\r\n")
			.repeat(100) + "--b--";
		InputStream stream = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
		try (MultipartForm form = read(stream, CONTENT_TYPE, config(-1, -1, 0), new MultipartLimits(-1, -1))) {
			assertThat(form.parts()).hasSize(100);
		}
	}

	@Test
	void springTakesARefusalForAnUploadThatIsTooLarge() {
		assertTooLargeForSpring(part("name=\"a\"", "x".repeat(11)), config(10, -1, 0));
		assertTooLargeForSpring(part("name=\"a\"", "x".repeat(100)), config(-1, 100, 0));
		assertTooLargeForSpring("--b\r\n" + "a: b\r\n".repeat(200), config(-1, -1, 0));
		assertTooLargeForSpring(part("name=\"a\"", "1").replace("--b--", "").repeat(51), config(-1, -1, 0));
	}

	private void assertTooLargeForSpring(String body, MultipartConfigElement config) {
		HttpServletRequest request = mock(HttpServletRequest.class);
		assertThatExceptionOfType(MaxUploadSizeExceededException.class).isThrownBy(() -> {
			given(request.getParts()).willAnswer((call) -> read(body, config).parts());
			new StandardMultipartHttpServletRequest(request);
		});
	}

	@Test
	void aFailureOfTheStreamLeavesNoFile() throws IOException {
		byte[] body = part("name=\"a\"; filename=\"f\"", "x".repeat(10_000)).getBytes(StandardCharsets.UTF_8);
		InputStream failing = new InputStream() {

			private int position = 0;

			@Override
			public int read() throws IOException {
				if (this.position == 9_000) {
					throw new IOException("expected by a test");
				}
				return body[this.position++];
			}

			@Override
			public int read(byte[] target, int offset, int length) throws IOException {
				target[offset] = (byte) read();
				return 1;
			}

		};
		assertThatIOException()
			.isThrownBy(() -> read(failing, CONTENT_TYPE, config(-1, -1, 0), MultipartLimits.DEFAULTS))
			.withMessage("expected by a test");
		assertThat(files()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1000 })
	void aPartIsWrittenBelowTheLocation(int threshold) throws IOException {
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "content"), config(-1, -1, threshold))) {
			Part part = form.parts().get(0);
			part.write("target.txt");
			assertThat(this.directory.resolve("target.txt")).hasContent("content");
			assertThat(text(part)).isEqualTo("content");
			part.write("again.txt");
			assertThat(this.directory.resolve("again.txt")).hasContent("content");
			part.delete();
		}
		assertThat(files()).containsExactlyInAnyOrder("target.txt", "again.txt");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1000 })
	void aPartIsWrittenToAnAbsolutePathOfTheApplication(int threshold) throws IOException {
		Path target = Files.createDirectory(this.directory.resolve("elsewhere")).resolve("target.txt");
		Files.writeString(target, "overwritten by the part");
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "content"), config(-1, -1, threshold))) {
			form.parts().get(0).write(target.toString());
		}
		assertThat(target).hasContent("content");
	}

	@ParameterizedTest
	@ValueSource(strings = { "../x", "../../etc/passwd", "a/../../x", "..", ".", "", "a/..", "x\u0000y" })
	void aPartIsNotWrittenOutsideTheLocation(String name) throws IOException {
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "content"))) {
			assertThatIOException().isThrownBy(() -> form.parts().get(0).write(name))
				.withMessageContaining("below the upload location");
		}
	}

	@Test
	void aPartIsNotWrittenToAnAbsolutePathOfTheClient() throws IOException {
		Path target = this.directory.resolve("target.txt").toAbsolutePath();
		try (MultipartForm form = read(part("name=\"a\"; filename=\"" + target + "\"", "content"))) {
			Part part = form.parts().get(0);
			assertThatIOException().isThrownBy(() -> part.write(part.getSubmittedFileName()));
		}
		assertThat(target).doesNotExist();
	}

	@Test
	void aRelativeLocationIsBelowTheTemporaryDirectoryAndCreated() throws IOException {
		MultipartConfigElement config = new MultipartConfigElement("up/loads", -1, -1, 0);
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "content"), config)) {
			try (Stream<Path> files = Files.list(this.directory.resolve("up/loads"))) {
				assertThat(files).hasSize(1);
			}
			assertThat(text(form.parts().get(0))).isEqualTo("content");
		}
	}

	@Test
	void aDeletedPartHasNoFile() throws IOException {
		try (MultipartForm form = read(part("name=\"a\"; filename=\"f\"", "content"))) {
			form.parts().get(0).delete();
			assertThat(files()).isEmpty();
			assertThatIOException().isThrownBy(() -> form.parts().get(0).write("x"));
		}
	}

	private static String part(String disposition, String content) {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n--b--";
	}

	private static MultipartConfigElement config(long maxFileSize, long maxRequestSize, int threshold) {
		return new MultipartConfigElement("", maxFileSize, maxRequestSize, threshold);
	}

	private MultipartForm read(String body) throws IOException {
		return read(body, config(-1, -1, 0));
	}

	private MultipartForm read(String body, MultipartConfigElement config) throws IOException {
		InputStream stream = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
		return read(stream, CONTENT_TYPE, config, MultipartLimits.DEFAULTS);
	}

	private MultipartForm read(InputStream stream, String contentType, MultipartConfigElement config,
			MultipartLimits limits) throws IOException {
		return MultipartReader.read(stream, contentType, config, this.directory, limits);
	}

	private String readText(String contentType, String body) throws IOException {
		InputStream stream = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
		try (MultipartForm form = read(stream, contentType, config(-1, -1, 0), MultipartLimits.DEFAULTS)) {
			return form.parts()
				.stream()
				.map((part) -> part.getName() + " " + part.getSubmittedFileName() + " " + text(part))
				.collect(Collectors.joining(" | "));
		}
	}

	private void assertRefused(String contentType, String body) {
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> readText(contentType, body))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

	private static void assertTooLarge(ThrowingCallable call) {
		assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(413))
			.withMessageContaining("exceeds the maximum size");
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

	private static String text(Part part) {
		try (InputStream stream = part.getInputStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Gives the octets up to a cut with one read and the rest with another, or one by one
	 * where the cut is zero.
	 */
	private static final class CutInputStream extends InputStream {

		private final byte[] body;

		private final int cut;

		private int position = 0;

		CutInputStream(byte[] body, int cut) {
			this.body = body;
			this.cut = cut;
		}

		@Override
		public int read() {
			return (this.position < this.body.length) ? this.body[this.position++] & 0xFF : -1;
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			if (this.position == this.body.length) {
				return -1;
			}
			int stop = (this.position < this.cut) ? this.cut : this.body.length;
			int count = (this.cut == 0) ? 1 : Math.min(length, stop - this.position);
			System.arraycopy(this.body, this.position, target, offset, count);
			this.position += count;
			return count;
		}

	}

}
