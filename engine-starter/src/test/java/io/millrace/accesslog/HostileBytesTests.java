package io.millrace.accesslog;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a client sends, a line stays one line, its fields stay where they are, and no
 * terminal does what it says.
 */
class HostileBytesTests {

	private static final int ROUNDS = 20_000;

	// As tools have it that read such logs.
	private static final Pattern COMBINED = Pattern
		.compile("(\\S+) (\\S+) (\\S+) \\[([^\\]]+)] \"((?:[^\"\\\\]|\\\\.)*)\" (\\d{3}|-) (\\d+|-) "
				+ "\"((?:[^\"\\\\]|\\\\.)*)\" \"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final String[] ATTACKS = { "\r\n127.0.0.1 - - [now] \"GET / HTTP/1.1\" 200 1",
			"\u001b[2J\u001b]0;pwned\u0007", "\"", "\\", "\\\"", "\"}\n{\"a\":\"", "${jndi:ldap://x}", "{}", "\u0000",
			"\u0085", "\u009b31m", "\u007f", "\u2028", "\ud800", "%0d%0a", "", " ", "\t", "\f", "\b", "\u000b",
			"\u00fc", "\uffff" };

	static List<LineFormat> formats() {
		Masks some = new Masks(QueryMask.of(Set.of("a")), Set.of("Cookie"), true);
		return List.of(LineFormat.combined(Masks.none()), LineFormat.combined(some),
				LineFormat.json(Masks.none(), List.of("X-Any"), List.of("X-Any")),
				LineFormat.json(some, List.of("X-Any", "Cookie"), List.of("X-Any")),
				LineFormat.pattern("%r %m %U %q %H %v %{Cookie}i %{X-Any}o %{a}c %{refusal}M %{mode}M", Masks.none()));
	}

	private static String anything(Random random) {
		StringBuilder text = new StringBuilder();
		int parts = random.nextInt(6);
		for (int i = 0; i < parts; i++) {
			switch (random.nextInt(4)) {
				case 0 -> text.append(ATTACKS[random.nextInt(ATTACKS.length)]);
				case 1 -> text.append((char) random.nextInt(0x100));
				case 2 -> text.append((char) random.nextInt(0x10000));
				default -> text.append("a=b&c?/;");
			}
		}
		return text.toString();
	}

	private static FakeExchange exchange(Function<Integer, String> text) {
		FakeExchange exchange = new FakeExchange().target("/" + text.apply(1));
		exchange.method = text.apply(2);
		exchange.protocol = "HTTP/" + text.apply(3);
		exchange.refusal = text.apply(4);
		exchange.mode = text.apply(5);
		int i = 6;
		for (String name : List.of("Referer", "User-Agent", "Host", "Cookie", "X-Any", "X-Request-ID", "traceparent")) {
			exchange.header(name, text.apply(i++));
		}
		return exchange.responseHeader("X-Any", text.apply(i)).responseHeader("Connection", text.apply(i));
	}

	private static String line(LineFormat format, FakeExchange exchange) {
		Line line = new Line();
		format.append(line, exchange, true, 1_000_000_000_000L);
		return line.toString();
	}

	@ParameterizedTest
	@MethodSource("formats")
	void nothingButPrintableAsciiIsWritten(LineFormat format) {
		Random random = new Random(42);
		for (int i = 0; i < ROUNDS; i++) {
			assertThat(line(format, exchange((field) -> anything(random)))).matches("[ -~]*");
		}
	}

	@Test
	void everyLineIsJson() {
		LineFormat format = LineFormat.json(Masks.none(), List.of("X-Any"), List.of("X-Any"));
		Random random = new Random(43);
		for (int i = 0; i < ROUNDS; i++) {
			FakeExchange exchange = exchange((field) -> anything(random));
			JsonNode json = JsonMapper.shared().readTree(line(format, exchange));
			assertThat(json.path("url").path("original").asString()).isEqualTo(exchange.target);
			assertThat(json.path("http").path("request").path("method").asString()).isEqualTo(exchange.method);
			assertThat(json.path("http").path("request").path("referrer").asString())
				.isEqualTo(exchange.requestHeader("Referer"));
			assertThat(json.path("http").path("request").path("headers").path("x-any").asString())
				.isEqualTo(exchange.requestHeader("X-Any"));
			assertThat(json.path("user_agent").path("original").asString())
				.isEqualTo(exchange.requestHeader("User-Agent"));
			assertThat(json.path("millrace").path("refusal").asString()).isEqualTo(exchange.refusal);
		}
	}

	@Test
	void everyCombinedLineHasItsFields() {
		LineFormat format = LineFormat.combined(Masks.none());
		Random random = new Random(44);
		for (int i = 0; i < ROUNDS; i++) {
			FakeExchange exchange = exchange((field) -> anything(random));
			Matcher fields = COMBINED.matcher(line(format, exchange));
			assertThat(fields.matches()).isTrue();
			assertThat(raw(fields.group(5)))
				.isEqualTo(exchange.method + " " + exchange.target + " " + exchange.protocol);
			assertThat(raw(fields.group(9))).isEqualTo(orHyphen(exchange.requestHeader("User-Agent")));
		}
	}

	@Test
	void textIsEscapedAsHttpdDoes() {
		assertThat(line(LineFormat.pattern("%{X-Any}i", Masks.none()),
				new FakeExchange().header("X-Any", "\"\\\r\n\t\f\u000b\b\u0000a\u001b[31m\u007f\u00fc\u2028")))
			.isEqualTo("\\\"\\\\\\r\\n\\t\\f\\x0b\\x08\\x00a\\x1b[31m\\x7f\\xfc\\u2028");
	}

	private static String orHyphen(String value) {
		return value.isEmpty() ? "-" : value;
	}

	// What the escapes stand for.
	private static String raw(String escaped) {
		StringBuilder raw = new StringBuilder();
		for (int i = 0; i < escaped.length(); i++) {
			char next = escaped.charAt(i);
			if (next != '\\') {
				raw.append(next);
				continue;
			}
			char kind = escaped.charAt(++i);
			int digits = (kind == 'x') ? 2 : 4;
			switch (kind) {
				case 'n' -> raw.append('\n');
				case 'r' -> raw.append('\r');
				case 't' -> raw.append('\t');
				case 'f' -> raw.append('\f');
				case 'x', 'u' -> {
					raw.append((char) Integer.parseInt(escaped.substring(i + 1, i + 1 + digits), 16));
					i += digits;
				}
				default -> raw.append(kind);
			}
		}
		return raw.toString();
	}

}
