package io.millrace.servlet;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link HttpDates}, {@link Locales}, {@link ContentType} and
 * {@link TextEncoder}.
 */
class HeaderValuesTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" })
	void allThreeFormsOfADateAreRead(String text) {
		long expected = Instant.parse("1994-11-06T08:49:37Z").toEpochMilli();
		assertThat(HttpDates.parse(text)).isEqualTo(expected);
		assertThat(HttpDates.format(expected)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
	}

	@Test
	void whatIsNoDateIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpDates.parse("yesterday"));
		assertThatIllegalArgumentException().isThrownBy(() -> HttpDates.parse(""));
	}

	@Test
	void languagesAreOrderedByTheirWeight() {
		assertThat(Locales.parse(List.of("en;q=0.5, de-CH", "fr;q=0.8,*;q=0.1,it;q=0,x!;q=1,zh-Hans-CN;q=0.9")))
			.extracting(Locale::toLanguageTag)
			.containsExactly("de-CH", "zh-Hans-CN", "fr", "en");
		assertThat(Locales.parse(List.of("*", "a;q=b"))).containsExactly(Locale.getDefault());
		assertThat(Locales.parse(List.of("en,".repeat(10_000)))).hasSizeLessThanOrEqualTo(32);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			value = { "text/html|text/html|-|text/html",
					"text/html; charset=utf-8|text/html|utf-8|text/html;charset=utf-8",
					"text/html;CharSet=\"utf-8\" ; a=b|text/html;a=b|utf-8|text/html;a=b;charset=utf-8",
					"a/b; c=\"d;charset=x\"|a/b;c=\"d;charset=x\"|-|a/b;c=\"d;charset=x\"", "a/b;charset=|a/b|-|a/b" })
	void aContentTypeIsTakenApart(String text, String type, String charset, String header) {
		ContentType parsed = ContentType.parse(text);
		assertThat(parsed.type()).isEqualTo(type);
		assertThat(parsed.charset()).isEqualTo(charset);
		assertThat(parsed.header()).isEqualTo(header);
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "ISO-8859-1", "US-ASCII", "UTF-16BE", "Shift_JIS", "ISO-2022-JP" })
	void textIsEncodedAsTheJdkEncodesItWhereverItIsCut(String name) {
		Charset charset = Charset.forName(name);
		String text = "abc \u00e4\u00ff \u65e5\u672c \ud83d\ude00 end";
		for (int cut = 0; cut <= text.length(); cut++) {
			TextEncoder encoder = TextEncoder.of(charset);
			ByteBuf buffer = Unpooled.buffer();
			encoder.encode(buffer, text, 0, cut);
			encoder.encode(buffer, text, cut, text.length());
			if (encoder.hasRest()) {
				encoder.finish(buffer);
			}
			assertThat(buffer.toString(charset)).isEqualTo(new String(text.getBytes(charset), charset));
		}
	}

	@Test
	void halfASurrogatePairIsAQuestionMark() {
		TextEncoder encoder = TextEncoder.of(StandardCharsets.UTF_8);
		ByteBuf buffer = Unpooled.buffer();
		encoder.encode(buffer, "a\ud83d", 0, 2);
		encoder.encode(buffer, "b", 0, 1);
		encoder.encode(buffer, "\ud83d", 0, 1);
		encoder.finish(buffer);
		assertThat(buffer.toString(StandardCharsets.UTF_8)).isEqualTo("a?b?");
	}

}
