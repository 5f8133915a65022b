package io.millrace.servlet;

import io.millrace.core.http.ProtocolException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CanonicalPath}.
 */
class CanonicalPathTests {

	@ParameterizedTest
	@ValueSource(strings = { "/", "/a", "/a/b/", "/a.b/c..d", "/a+b", "/a:b@c,d=e&f!g$h'(i)*j~k-l_m", "/a/b.", "/é/x" })
	void aPathWithNothingToDecodeIsTheSameString(String path) throws ProtocolException {
		CanonicalPath canonical = CanonicalPath.of(path);
		assertThat(canonical.path()).isSameAs(path);
		assertThat(canonical.sessionId()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false,
			value = { "/a%20b|/a b", "/caf%C3%A9|/café", "/caf%c3%a9|/café", "/%E2%82%AC/x|/€/x",
					"/a%f0%9f%98%80|/a\uD83D\uDE00", "/a%25b|/a%b", "/a%2Bb|/a+b", "/a+b|/a+b", "/a%3fb|/a?b",
					"/a%23b|/a#b", "/a%3bx|/a;x", "/file%2etxt|/file.txt", "/a%2e%2eb|/a..b",
					"/é%20%C3%A9x%7e|/é éx~" })
	void percentEncodingsAreDecodedOnce(String raw, String expected) throws ProtocolException {
		assertThat(CanonicalPath.of(raw).path()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "/%252e%252e/x,/%2e%2e/x", "/a%252e,/a%2e", "/a%252fb,/a%2fb", "/a%255cb,/a%5cb" })
	void whatIsEncodedTwiceStaysLiteral(String raw, String expected) throws ProtocolException {
		assertThat(CanonicalPath.of(raw).path()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "//a//b,/a/b", "/a//,/a/", "//,/", "///,/", "/a/./b,/a/b", "/a/../b,/b", "/.,/", "/a/.,/a", "/./,/",
			"/a/..,/", "/a/../,/", "/a/b/..,/a", "/a/b/../..,/", "/a/b/../../c,/c", "/a/b/../,/a/", "/a//../b,/b",
			"/a/...,/a/...", "/a/..b,/a/..b", "/.well-known/x,/.well-known/x", "/a/.b,/a/.b", "/a/./../b/./c,/b/c" })
	void emptyAndDotSegmentsAreRemoved(String raw, String expected) throws ProtocolException {
		assertThat(CanonicalPath.of(raw).path()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "/a;x=1/b,/a/b", "/a;/b,/a/b", "/;x=1,/", "/a/;x,/a/", "/a;x=1;y=2/b;z,/a/b", "/a;x=%c3%a9%80,/a",
			"/a;%2e%2e,/a", "/a;x=1/../b,/b", "/a;JSESSIONID=ABC,/a", "/a;jsessionid=,/a", "/a;jsessionidx=1,/a",
			"/a;xjsessionid=1,/a", "/a%3bjsessionid=x,/a;jsessionid=x" })
	void pathParametersAreRemoved(String raw, String expected) throws ProtocolException {
		CanonicalPath canonical = CanonicalPath.of(raw);
		assertThat(canonical.path()).isEqualTo(expected);
		assertThat(canonical.sessionId()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "/a/b;jsessionid=ABC,/a/b,ABC", "/a;jsessionid=ABC;x=1/b,/a/b,ABC", "/a;jsessionid=ABC/b,/a/b,ABC",
			"/a;x=1;jsessionid=Q/b,/a/b,Q", "/;jsessionid=ABC,/,ABC", "/a/;jsessionid=ABC,/a/,ABC",
			"/a;jsessionid=A;jsessionid=B,/a,B", "/a;jsessionid=A%20B,/a,A%20B" })
	void theSessionIdIsAPathParameter(String raw, String path, String sessionId) throws ProtocolException {
		assertThat(CanonicalPath.of(raw)).isEqualTo(new CanonicalPath(path, sessionId));
	}

	@Test
	void theSessionParameterMayHaveAnotherName() throws ProtocolException {
		assertThat(CanonicalPath.of("/a;jsessionid=A;sid=B", "sid").sessionId()).isEqualTo("B");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "*", "a/b", "%2fa", ";/a" })
	void aPathThatDoesNotStartWithASlashIsRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/..", "/../a", "/a/../../b", "/a/b/../../../c", "/./..", "/a/../..", "//..", "/../" })
	void aPathAboveTheRootIsRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/%2e%2e/a", "/a/%2e%2e/b", "/a/%2E%2E/b", "/a/.%2e/b", "/a/%2e./b", "/a/%2e/b", "/a/%2e",
			"/a/%2e%2e", "/a/..;/b", "/a/..;x=1/b", "/a/.;x/b", "/a/..;jsessionid=A", "/a/%2e%2e;/b", "/a/;/../b",
			"/a/;/b", "/;/a", "/a/;x/b" })
	void suspiciousSegmentsAreRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%2fb", "/a%2Fb", "/%2f", "/a/%2f../b", "/a%5cb", "/a%5Cb", "/a\\b", "/..\\a", "/..%5ca",
			"/a;x\\y", "/a;x=%5c", "/a;x=..%2f", "/a;%2F/b" })
	void encodedSlashesAndBackslashesAreRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%00", "/a%01", "/a%0a", "/a%0d%0aX:%20y", "/a%1f", "/a%7f", "/a%c2%80", "/a%C2%9F",
			"/a\u0000b", "/a\tb", "/a\nb", "/a\u007fb", "/a\u0085b", "/a;x\u0000", "/a;x=%0a", "/a;x=%7F" })
	void controlCharactersAreRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%c0%ae", "/%c0%ae%c0%ae/a", "/a%e0%80%ae", "/a%f0%80%80%ae", "/a%c0%af", "/a%c1%9c",
			"/a%c3", "/a%c3/b", "/a%e2%82", "/a%e2%82x", "/a%c3%41", "/a%ff", "/a%fe", "/a%80", "/a%ed%a0%80",
			"/a%f4%90%80%80", "/a%c3é" })
	void whatIsNotUtf8IsRefused(String raw) {
		assertRefused(raw);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%", "/a%2", "/a%zz", "/a%u0041", "/a%2/b", "/a%/20", "/%", "/a%\uFF11\uFF11", "/a%c3%",
			"/a%c3%a", "/a%+1", "/a%2;0", "/a;x=%zz", "/a;x=%4/b" })
	void unfinishedPercentEncodingsAreRefused(String raw) {
		assertRefused(raw);
	}

	// The examples of Servlet 6.1 §3.5.3, without those that are refused earlier for what
	// stands outside of the path.
	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "400", value = { "/foo/bar|/foo/bar", "/foo/bar;jsessionid=1234|/foo/bar",
			"/foo/bar/|/foo/bar/", "/foo/bar/;jsessionid=1234|/foo/bar/", "/foo;/bar;|/foo/bar",
			"/foo;/bar;/;|/foo/bar/", "/foo%00/bar/|400", "/foo%7Fbar|400", "/foo%2Fbar|400", "/foo%2Fb%25r|400",
			"/foo/b%25r|/foo/b%r", "/foo\\bar|400", "/foo%5Cbar|400", "/foo;%2F/bar|400", "/foo/./bar|/foo/bar",
			"/foo/././bar|/foo/bar", "/./foo/bar|/foo/bar", "/foo/%2e/bar|400", "/foo/.;/bar|400", "/foo/%2e;/bar|400",
			"/foo/.%2Fbar|400", "/foo/.%5Cbar|400", "/foo/bar/.|/foo/bar", "/foo/bar/./|/foo/bar/", "/foo/bar/.;|400",
			"/foo/bar/./;|/foo/bar/", "/foo/.bar|/foo/.bar", "/foo/../bar|/bar", "/foo/../../bar|400",
			"/../foo/bar|400", "/foo/%2e%2E/bar|400", "/foo/%2e%2e/%2E%2E/bar|400", "/foo/./../bar|/bar",
			"/foo/..;/bar|400", "/foo/%2e%2E;/bar|400", "/foo/..%2Fbar|400", "/foo/..%5Cbar|400", "/foo/bar/..|/foo",
			"/foo/bar/../|/foo/", "/foo/bar/..;|400", "/foo/bar/../;|/foo/", "/foo/..bar|/foo/..bar",
			"/foo/pass:[...]/bar|/foo/pass:[...]/bar", "/foo//bar|/foo/bar", "//foo//bar//|/foo/bar/",
			"/;/foo;/;/bar/;/;|400", "/foo//../bar|/bar", "/foo/;/../bar|400", "/foo%E2%82%ACbar|/foo\u20acbar",
			"/foo%20bar|/foo bar", "/foo%E2%82|400", "/foo%E2%82bar|400", "/foo%-1/bar|400", "/foo%XX/bar|400",
			"/foo%/bar|400", "/foo/bar%0|400", "/good%20/bad%/%20mix%|400", "/foo/bar;|/foo/bar", "/|/", "//|/",
			"/;/|400", "/.|/", "/..|400", "/./|/", "/../|400", "foo/bar|400", "./foo/bar/|400", "../foo/bar/|400",
			"%2e/foo/bar/|400", ";/foo/bar/|400" })
	void theExamplesOfTheSpecificationHold(String raw, @Nullable String expected) throws ProtocolException {
		if (expected == null) {
			assertRefused(raw);
		}
		else {
			assertThat(CanonicalPath.of(raw).path()).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@CsvSource({ "/app/x,/app", "/app,/app", "/app;x=1/y,/app;x=1", "/%61pp/x,/%61pp", "/a/../app/x,/a/../app",
			"/./app/x/app/y,/./app", "/app/../app/x,/app", "/appx/../app/y,/appx/../app", "/application,/application" })
	void theContextPathIsWhatTheClientWroteForIt(String raw, String expected) {
		assertThat(CanonicalPath.context(raw, "/app")).isEqualTo(expected);
		assertThat(CanonicalPath.context(raw, "")).isEmpty();
	}

	@Test
	void aLongPathOfDotSegmentsTakesLinearTime() throws ProtocolException {
		String raw = "/a".repeat(20_000) + "/..".repeat(20_000);
		assertThat(CanonicalPath.of(raw).path()).isEqualTo("/");
		assertThat(CanonicalPath.of("/%C3%A9".repeat(10_000)).path()).hasSize(20_000);
		assertThat(CanonicalPath.of("/" + "%C3%A9".repeat(10_000)).path()).hasSize(10_001);
	}

	@Test
	void noInputYieldsAPathThatIsNotCanonical() {
		String[] pieces = { "/", ".", "..", "%2e", "%2f", "%5c", ";", ";x=1", "a", "%25", "%00", "%c0%ae", "//" };
		int accepted = 0;
		for (int i = 0; i < 13 * 13 * 13 * 13; i++) {
			String raw = "/" + pieces[i % 13] + pieces[i / 13 % 13] + pieces[i / 169 % 13] + pieces[i / 2197];
			try {
				String path = CanonicalPath.of(raw).path();
				assertThat(path).as(raw).startsWith("/").doesNotContain("//", "/./", "/../", "\\", "\u0000");
				assertThat(path.endsWith("/.") || path.endsWith("/..")).as(raw).isFalse();
				accepted++;
			}
			catch (ProtocolException ex) {
				assertThat(ex.status()).isEqualTo(400);
			}
		}
		assertThat(accepted).isBetween(1000, 27_000);
	}

	private void assertRefused(String raw) {
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> CanonicalPath.of(raw))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

}
