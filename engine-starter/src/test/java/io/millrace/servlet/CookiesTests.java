package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import jakarta.servlet.http.Cookie;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.http.Rfc6265CookieProcessor;
import org.apache.tomcat.util.http.ServerCookies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Cookies}.
 */
class CookiesTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-02-03T04:05:06Z"), ZoneOffset.UTC);

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "a=1; b=2|a=1,b=2", "a=1;b=2|a=1,b=2", "a=1; a=2|a=1,a=2", " a = 1 ; c=2|a=1,c=2",
					"a=; b=2|a=,b=2", "a; b=2|a=,b=2", "a==; b=a=b|a==,b=a=b", ";;; c=2|c=2", "a=%20%22|a=%20%22",
					"$Version=1; a=1; $Path=/x|$Version=1,a=1,$Path=/x",
					"path=1; Domain=2; expires=x; Secure=1|path=1,Domain=2,expires=x,Secure=1" })
	void pairsAreRead(String header, String expected) {
		assertThat(read(header)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "a=\"xy\"; b=2|a=\"xy\",b=2", "a=\"\"; b=2|a=\"\",b=2",
			"a=\"x; b=2|a=\"x,b=2", "a=\"; b=2|a=\",b=2" })
	void quotesAreAPartOfTheValue(String header, String expected) {
		assertThat(read(header)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a=x y", "a=\"x y\"", "a=1, b=3", "=1", "a=x\"y", "a=\"x\"y", "a=x\\y", "a b=1", "a@b=1",
			"a/b=1", "[a]=1", "a=\"x\\\"y\"", "a={\"x\":1}", "a=x,y", "a=\"x,y\"", "aé=1", "a=x\ty", "a=x\u0000y",
			"a=x\u007fy", "\u0000=1", "a=\u0001" })
	void aBadPairIsLeftOutAndTheNextOneRead(String pair) {
		assertThat(read(pair + "; c=2")).isEqualTo("c=2");
	}

	@Test
	void octetsAboveAsciiAreUtf8() {
		String header = new String("a=café".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		assertThat(read(header)).isEqualTo("a=café");
		assertThat(read("a=caf\u00e9")).isEqualTo("a=caf\uFFFD");
	}

	@Test
	void severalHeadersAreOneList() {
		assertThat(Cookies.parse(List.of("a=1; b=2", "c=3"))).extracting(Cookie::getName)
			.containsExactly("a", "b", "c");
		assertThat(Cookies.parse(List.of())).isEmpty();
		assertThat(Cookies.parse(List.of("", ";", " "))).isEmpty();
	}

	@Test
	void tenThousandCookiesAreRead() {
		StringBuilder header = new StringBuilder();
		for (int i = 0; i < 10_000; i++) {
			header.append("c").append(i).append((i % 2 == 0) ? "=v; " : "=\"bad value\"; ");
		}
		assertThat(Cookies.parse(List.of(header.toString()))).hasSize(5000);
	}

	@Test
	void randomHeadersAreReadAsTomcatReadsThem() {
		Random random = new Random(42);
		String alphabet = "ab=;\" \t,\\$1\u00e9\u0001@";
		for (int round = 0; round < 20_000; round++) {
			StringBuilder header = new StringBuilder();
			int length = random.nextInt(16);
			for (int i = 0; i < length; i++) {
				header.append(alphabet.charAt(random.nextInt(alphabet.length())));
			}
			// With a version in front Tomcat would have to read RFC 2109.
			assertThat(read(header.toString())).as("<%s>", header).isEqualTo(readByTomcat(header.toString()));
		}
	}

	@Test
	void aCookieIsWrittenWithAllItHas() {
		Cookie cookie = new Cookie("a", "1");
		cookie.setMaxAge(60);
		cookie.setDomain("Example.org");
		cookie.setPath("/x");
		cookie.setSecure(true);
		cookie.setHttpOnly(true);
		cookie.setAttribute("Priority", "High");
		cookie.setAttribute("Partitioned", "");
		cookie.setAttribute("Flag", "");
		assertThat(Cookies.encode(cookie, "Lax", CLOCK))
			.isEqualTo("a=1; Expires=Tue, 03 Feb 2026 04:06:06 GMT; Max-Age=60; Domain=example.org; Path=/x; Secure; "
					+ "HttpOnly; SameSite=Lax; Partitioned; Flag; Priority=High");
	}

	@Test
	void aBareCookieIsANameAndAValue() {
		assertThat(Cookies.encode(new Cookie("a", "1"), null)).isEqualTo("a=1");
		assertThat(Cookies.encode(new Cookie("a", ""), null)).isEqualTo("a=");
		assertThat(Cookies.encode(new Cookie("a", null), null)).isEqualTo("a=");
		assertThat(Cookies.encode(new Cookie("a", "\"x\""), null)).isEqualTo("a=\"x\"");
	}

	@Test
	void anAgeOfZeroIsInThePast() {
		Cookie cookie = new Cookie("a", "");
		cookie.setMaxAge(0);
		assertThat(Cookies.encode(cookie, null)).isEqualTo("a=; Expires=Thu, 01 Jan 1970 00:00:10 GMT");
	}

	@Test
	void theGreatestAgeIsWritten() {
		Cookie cookie = new Cookie("a", "");
		cookie.setMaxAge(Integer.MAX_VALUE);
		assertThat(Cookies.encode(cookie, null, CLOCK))
			.isEqualTo("a=; Expires=Sun, 21 Feb 2094 07:19:13 GMT; Max-Age=2147483647");
	}

	@Test
	void theSameSiteOfTheCookieItselfWins() {
		Cookie cookie = new Cookie("a", "1");
		cookie.setAttribute("SameSite", "Strict");
		assertThat(Cookies.encode(cookie, "Lax")).isEqualTo("a=1; SameSite=Strict");
	}

	@ParameterizedTest
	@CsvSource({ "true,a=1; Partitioned", "false,a=1", "'',a=1; Partitioned" })
	void partitionedIsAFlag(String value, String expected) {
		Cookie cookie = new Cookie("a", "1");
		cookie.setAttribute("Partitioned", value);
		assertThat(Cookies.encode(cookie, null)).isEqualTo(expected);
	}

	@Test
	void aValueAboveAsciiIsWrittenInUtf8() {
		String header = Cookies.encode(new Cookie("a", "é€"), null);
		assertThat(header.getBytes(StandardCharsets.ISO_8859_1)).isEqualTo("a=é€".getBytes(StandardCharsets.UTF_8));
		assertThat(read(header)).isEqualTo("a=é€");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nSet-Cookie: x=1", "a;b", "a b", "a,b", "a\"b", "a\\b", "a\u0000", "a\u007f",
			"\"a;\"", "\"", "\"\"\"" })
	void aValueThatWouldBreakTheHeaderIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(new Cookie("a", value), null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/;HttpOnly", "/\r\nX: y", "/é", "/\u0000" })
	void aPathThatWouldBreakTheHeaderIsRefused(String path) {
		Cookie cookie = new Cookie("a", "1");
		cookie.setPath(path);
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(cookie, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { ".example.org", "example.org.", "exa mple.org", "example.org;x", "a..b", "-a.b", "a-.b",
			"a.b-", "a\r\nX: y", ".", "-", "é.org" })
	void aDomainThatIsNoneIsRefused(String domain) {
		Cookie cookie = new Cookie("a", "1");
		cookie.setDomain(domain);
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(cookie, null));
	}

	@Test
	void attributesThatWouldBreakTheHeaderAreRefused() {
		Cookie cookie = new Cookie("a", "1");
		cookie.setAttribute("Priority", "High; Domain=evil.example");
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(cookie, null));
		Cookie second = new Cookie("a", "1");
		second.setAttribute("SameSite", "Lax\r\nX: y");
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(second, null));
		assertThatIllegalArgumentException().isThrownBy(() -> Cookies.encode(new Cookie("a", "1"), "Lax;x"));
	}

	@Test
	void randomCookiesAreWrittenAsTomcatWritesThem() {
		Random random = new Random(7);
		String alphabet = "ab1.-\";, /\\\r=";
		for (int round = 0; round < 20_000; round++) {
			Cookie cookie = new Cookie("n", random(random, alphabet));
			if (random.nextInt(3) == 0) {
				cookie.setDomain(random(random, alphabet));
			}
			if (random.nextInt(3) == 0) {
				cookie.setPath(random(random, alphabet));
			}
			cookie.setSecure(random.nextBoolean());
			cookie.setHttpOnly(random.nextBoolean());
			cookie.setMaxAge(random.nextInt(2) - 1);
			if (random.nextInt(3) == 0) {
				cookie.setAttribute("Priority", random(random, "ab;\r ="));
			}
			assertThat(written(() -> Cookies.encode(cookie, null)))
				.isEqualTo(written(() -> new Rfc6265CookieProcessor().generateHeader(cookie, null)));
		}
	}

	private static String written(Supplier<String> writer) {
		try {
			return writer.get();
		}
		catch (IllegalArgumentException ex) {
			return "refused";
		}
	}

	private static String random(Random random, String alphabet) {
		return random.ints(random.nextInt(5), 0, alphabet.length())
			.mapToObj((i) -> String.valueOf(alphabet.charAt(i)))
			.collect(Collectors.joining());
	}

	private static String read(String header) {
		return Arrays.stream(Cookies.parse(List.of(header)))
			.map((cookie) -> cookie.getName() + "=" + cookie.getValue())
			.collect(Collectors.joining(","));
	}

	private static String readByTomcat(String header) {
		MimeHeaders headers = new MimeHeaders();
		headers.addValue("Cookie").setBytes(header.getBytes(StandardCharsets.ISO_8859_1), 0, header.length());
		ServerCookies cookies = new ServerCookies(4);
		new Rfc6265CookieProcessor().parseCookieHeader(headers, cookies);
		List<String> result = new ArrayList<>();
		for (int i = 0; i < cookies.getCookieCount(); i++) {
			cookies.getCookie(i).getValue().getByteChunk().setCharset(StandardCharsets.UTF_8);
			result.add(cookies.getCookie(i).getName() + "=" + cookies.getCookie(i).getValue());
		}
		return String.join(",", result);
	}

}
