package io.millrace.accesslog;

import java.util.List;
import java.util.Set;
import java.util.TimeZone;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LineFormatTests {

	// 2026-11-21T17:04:05.067Z
	private static final long ENDED = 1_795_280_645_067L;

	private static final TimeZone ZONE = TimeZone.getDefault();

	@BeforeEach
	void inOslo() {
		TimeZone.setDefault(TimeZone.getTimeZone("Europe/Oslo"));
	}

	@AfterEach
	void atHome() {
		TimeZone.setDefault(ZONE);
	}

	private static String line(LineFormat format, FakeExchange exchange) {
		return line(format, exchange, true);
	}

	private static String line(LineFormat format, FakeExchange exchange, boolean completed) {
		Line line = new Line();
		format.append(line, exchange, completed, ENDED);
		return line.toString();
	}

	private static String pattern(String pattern, FakeExchange exchange) {
		return line(LineFormat.pattern(pattern, Masks.none()), exchange);
	}

	@Test
	void commonIsWhatEverybodyKnows() {
		assertThat(line(LineFormat.common(Masks.none()), new FakeExchange()))
			.isEqualTo("192.0.2.7 - - [21/Nov/2026:18:04:05 +0100] \"GET /hello?name=world HTTP/1.1\" 200 5");
	}

	@Test
	void combinedHasReferrerAndUserAgent() {
		FakeExchange exchange = new FakeExchange().header("Referer", "https://example.com/a?b=c")
			.header("User-Agent", "curl/8.5.0")
			.status(304);
		exchange.responseBytes = 0;
		assertThat(line(LineFormat.combined(Masks.none()), exchange))
			.isEqualTo("192.0.2.7 - - [21/Nov/2026:18:04:05 +0100] \"GET /hello?name=world HTTP/1.1\" 304 - "
					+ "\"https://example.com/a?b=c\" \"curl/8.5.0\"");
		assertThat(line(LineFormat.combined(Masks.none()), new FakeExchange())).endsWith(" 200 5 \"-\" \"-\"");
	}

	@Test
	void whatWasNoRequestHasALineToo() {
		assertThat(line(LineFormat.combined(Masks.none()), FakeExchange.noRequest()))
			.isEqualTo("192.0.2.7 - - [21/Nov/2026:18:04:05 +0100] \"-\" 400 5 \"-\" \"-\"");
		assertThat(line(LineFormat.json(Masks.none(), List.of(), List.of()), FakeExchange.noRequest(), false))
			.isEqualTo("{\"@timestamp\":\"2026-11-21T17:04:05.067Z\",\"ecs\":{\"version\":\"8.11\"},"
					+ "\"event\":{\"kind\":\"event\",\"category\":[\"web\"],\"type\":[\"access\"],"
					+ "\"dataset\":\"millrace.access\",\"outcome\":\"failure\",\"duration\":250000},"
					+ "\"http\":{\"request\":{\"body\":{\"bytes\":0}},"
					+ "\"response\":{\"status_code\":400,\"body\":{\"bytes\":5}}},\"client\":{\"ip\":\"192.0.2.7\"},"
					+ "\"source\":{\"ip\":\"10.0.0.1\",\"port\":40123},\"millrace\":{\"connection\":\"c-17\","
					+ "\"mode\":\"none\",\"priority\":\"normal\",\"wait\":250000,\"service\":0,"
					+ "\"refusal\":\"syntax\",\"completed\":false}}");
	}

	@Test
	void jsonHasTheNamesOfTheElasticCommonSchema() {
		FakeExchange exchange = new FakeExchange().header("Referer", "https://example.com/")
			.header("User-Agent", "curl/8.5.0")
			.header("X-Request-ID", "r-1")
			.header("X-Tenant", "acme")
			.header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
			.responseHeader("Content-Type", "text/plain");
		exchange.client = FakeExchange.address("2001:db8:0:0:1:0:0:1", 443);
		assertThat(
				line(LineFormat.json(Masks.none(), List.of("X-Tenant", "X-None"), List.of("Content-Type")), exchange))
			.isEqualTo("{\"@timestamp\":\"2026-11-21T17:04:05.067Z\",\"ecs\":{\"version\":\"8.11\"},"
					+ "\"event\":{\"kind\":\"event\",\"category\":[\"web\"],\"type\":[\"access\"],"
					+ "\"dataset\":\"millrace.access\",\"outcome\":\"success\",\"duration\":1250250000},"
					+ "\"http\":{\"version\":\"1.1\",\"request\":{\"method\":\"GET\",\"body\":{\"bytes\":0},"
					+ "\"referrer\":\"https://example.com/\",\"id\":\"r-1\",\"headers\":{\"x-tenant\":\"acme\"}},"
					+ "\"response\":{\"status_code\":200,\"body\":{\"bytes\":5},"
					+ "\"headers\":{\"content-type\":\"text/plain\"}}},"
					+ "\"url\":{\"original\":\"/hello?name=world\",\"path\":\"/hello\",\"query\":\"name=world\"},"
					+ "\"client\":{\"ip\":\"2001:db8::1:0:0:1\",\"port\":443},"
					+ "\"source\":{\"ip\":\"10.0.0.1\",\"port\":40123},"
					+ "\"user_agent\":{\"original\":\"curl/8.5.0\"},"
					+ "\"trace\":{\"id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"},"
					+ "\"millrace\":{\"connection\":\"c-17\",\"mode\":\"pool\",\"priority\":\"normal\","
					+ "\"wait\":250000,\"service\":1250000000,\"completed\":true}}");
	}

	@ParameterizedTest
	@CsvSource({ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
			"00-00000000000000000000000000000000-" + "00f067aa0ba902b7-01",
			"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "nonsense" })
	void aTraceThatIsNoneIsLeftOut(String traceparent) {
		assertThat(line(LineFormat.json(Masks.none(), List.of(), List.of()),
				new FakeExchange().header("traceparent", traceparent)))
			.doesNotContain("\"trace\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = { "%a %h|192.0.2.7 192.0.2.7",
			"%{peer}a %{remote}a|10.0.0.1 192.0.2.7", "%l%u|--", "%b %B|5 5",
			"%D %T %{ns}T %{us}T %{ms}T %{s}T %{fracsec}T|1250250 1 1250250000 1250250 1250 1 1.250",
			"%H %m|HTTP/1.1 GET", "%U%q|/hello?name=world", "%r|GET /hello?name=world HTTP/1.1", "%s|200",
			"%t|[21/Nov/2026:18:04:05 +0100]", "%{begin}t|[21/Nov/2026:18:04:03 +0100]",
			"%{end}t|[21/Nov/2026:18:04:05 +0100]", "%{yyyy-MM-dd'T'HH:mm:ss.SSSZ}t|2026-11-21T18:04:05.067+0100",
			"%{begin:HH:mm:ss.SSS}t|18:04:03.817", "%{sec}t %{msec}t %{msec_frac}t|1795280645 1795280645067 067",
			"%{end:sec}t|1795280645", "%v|shop.example.com", "%X|+", "%{Host}i|shop.example.com:8080",
			"%{X-Missing}i %{X-Missing}o|- -", "%{Server}o|millrace", "%{theme}c|dark", "%{the}c %{me}c|- -",
			"%{last}c|1", "%{c}L|c-17", "%{remote}p|0", "%{wait}M %{service}M|250 1250000",
			"%{mode}M %{priority}M %{refusal}M %{received}M|pool normal - 0", "100%% %s|100% 200",
			"<%s>\t\u00e9|<200>\t\u00e9" })
	void aPatternIsMadeOfCodes(String pattern, String expected) {
		FakeExchange exchange = new FakeExchange().header("Host", "shop.example.com:8080")
			.header("Cookie", "theme=dark; last=1")
			.responseHeader("Server", "millrace");
		assertThat(pattern(pattern, exchange)).isEqualTo(expected);
	}

	@Test
	void aConnectionIsToldAfterItsEnd() {
		LineFormat format = LineFormat.pattern("%X %s", Masks.none());
		FakeExchange last = new FakeExchange();
		last.kept = false;
		assertThat(line(format, last)).isEqualTo("- 200");
		assertThat(line(format, new FakeExchange().status(0), false)).isEqualTo("X -");
	}

	@Test
	void whatResemblesARequestHasNoProtocol() {
		FakeExchange exchange = FakeExchange.noRequest().target("/hidden");
		exchange.method = "GET";
		assertThat(pattern("%r|%H", exchange)).isEqualTo("GET /hidden -|-");
		assertThat(line(LineFormat.json(Masks.none(), List.of(), List.of()), exchange))
			.doesNotContain("\"version\":\"1");
	}

	@Test
	void timesFollowTheClock() {
		LineFormat format = LineFormat.pattern("%{HH:mm:ss}t %{HH:mm:ss.SSS}t %{sec}t", Masks.none());
		Line line = new Line();
		for (long ended : new long[] { ENDED, ENDED + 1, ENDED + 1000, ENDED }) {
			format.append(line, new FakeExchange(), true, ended);
			line.append('\n');
		}
		assertThat(line.toString()).isEqualTo("""
				18:04:05 18:04:05.067 1795280645
				18:04:05 18:04:05.068 1795280645
				18:04:06 18:04:06.067 1795280646
				18:04:05 18:04:05.067 1795280645
				""");
	}

	@Test
	void absoluteTargetsHaveAPathToo() {
		FakeExchange exchange = new FakeExchange().target("http://example.com/a/b?c=/d://");
		assertThat(pattern("%U %q", exchange)).isEqualTo("/a/b ?c=/d://");
		assertThat(pattern("%U|%q", exchange.target("*"))).isEqualTo("*|");
		assertThat(pattern("%U|%q", exchange.target("http://example.com?x"))).isEqualTo("|?x");
		assertThat(pattern("%U|%q", exchange.target("/a?b=http://c/d"))).isEqualTo("/a|?b=http://c/d");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"%h %Z %s|'%Z' at character 4 is not known. There are %a %b",
			"%s %{x}S|'%{x}S' at character 4 is not known. There are", "%s %{x}T|'%{x}T' at character 4 is not known",
			"%s %{local}p|'%{local}p' at character 4 is not known", "%s %{session}M|'%{session}M' at character 4",
			"%s %|'%' at character 4 ends in the middle of a code.", "%s %{a}|'%{a}' at character 4 ends in the middle",
			"%s %{a|'%' at character 4 has no closing brace.",
			"%s %{nonsense}t|'%{nonsense}t' at character 4 is no format for a time", "combined|It has no code",
			"100%%|It has no code" })
	void aPatternThatIsWrongSaysWhere(String pattern, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> LineFormat.pattern(pattern, Masks.none()))
			.withMessageContaining(message);
	}

	@Test
	void aPatternWithALineBreakIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> LineFormat.pattern("%s\n%b", Masks.none()))
			.withMessageContaining("Character 3 is a control character");
	}

	@Test
	void whatIsMaskedIsNotWritten() {
		Masks masks = new Masks(QueryMask.of(Set.of("token", "Password")), Set.of("authorization"), true);
		FakeExchange exchange = new FakeExchange()
			.target("/a?token=s1&user=me&TOKEN=s2&t%6Fken=s3&password&password=&x=%zz&=s&token=s4")
			.header("Authorization", "Bearer s5")
			.header("Referer", "https://example.com/a?token=s6&b=c")
			.responseHeader("Location", "/b?user=me&token=s7");
		String masked = "/a?token=***&user=me&TOKEN=***&t%6Fken=***&password&password=***&x=%zz&=s&token=***";
		assertThat(line(LineFormat.pattern("%a %{peer}a %r %q %{Authorization}i %{Referer}i %{Location}o", masks),
				exchange))
			.isEqualTo("192.0.2.0 10.0.0.0 GET " + masked + " HTTP/1.1 " + masked.substring(2)
					+ " *** https://example.com/a?token=***&b=c /b?user=me&token=***");
		exchange.client = FakeExchange.address("2001:db8:1:2::3", 0);
		assertThat(line(LineFormat.json(masks, List.of("Authorization"), List.of("Location")), exchange))
			.contains("\"ip\":\"2001:db8:1::\"", "\"query\":\"token=***&user=me", "\"authorization\":\"***\"")
			.doesNotContainPattern("s\\d");
	}

	@Test
	void whatIsMaskedIsNotWrittenInPartsEither() {
		Masks masks = new Masks(QueryMask.NONE, Set.of("cookie", "host", "Traceparent"), false);
		FakeExchange exchange = new FakeExchange().header("Host", "secret.example.com")
			.header("Cookie", "theme=secret")
			.header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
		assertThat(line(LineFormat.pattern("%{theme}c %{other}c %v", masks), exchange)).isEqualTo("*** - ***");
		assertThat(line(LineFormat.json(masks, List.of(), List.of()), exchange)).contains("\"trace\":{\"id\":\"***\"}");
	}

	@Test
	void fragmentsAreMaskedAsQueriesAre() {
		Masks masks = new Masks(QueryMask.of(Set.of("token")), Set.of(), false);
		FakeExchange exchange = new FakeExchange().target("/a#token=s1&b=c").header("Referer", "/b?token=s2#token=s3");
		LineFormat format = LineFormat.pattern("%r %U %q %{Referer}i %{Location}o", masks);
		assertThat(line(format, exchange.responseHeader("Location", "/c#a=b&token=s4#d")))
			.isEqualTo("GET /a#token=***&b=c HTTP/1.1 /a #token=***&b=c /b?token=***#token=*** /c#a=b&token=***#d");
		assertThat(line(LineFormat.json(masks, List.of(), List.of("Location")), exchange))
			.doesNotContainPattern("s\\d");
		assertThat(line(LineFormat.pattern("%{Location}o", masks),
				exchange.responseHeader("Location", "/d#/page?token=s5")))
			.isEqualTo("/d#/page?token=***");
		Masks all = new Masks(QueryMask.of(Set.of("*")), Set.of(), false);
		assertThat(line(LineFormat.pattern("%{Location}o", all), exchange)).isEqualTo("/d#***");
	}

	@Test
	void wholeQueriesCanBeMasked() {
		Masks masks = new Masks(QueryMask.of(Set.of("*")), Set.of(), false);
		FakeExchange exchange = new FakeExchange().header("Referer", "/x?y");
		assertThat(line(LineFormat.pattern("%r %U%q %{Referer}i", masks), exchange))
			.isEqualTo("GET /hello?*** HTTP/1.1 /hello?*** /x?***");
		assertThat(line(LineFormat.pattern("%r", masks), exchange.target("/a"))).isEqualTo("GET /a HTTP/1.1");
	}

}
