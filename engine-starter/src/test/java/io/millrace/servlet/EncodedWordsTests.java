package io.millrace.servlet;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link EncodedWords}.
 */
class EncodedWordsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '#',
			value = { "=?UTF-8?B?w6QudHh0?=|\u00e4.txt", "=?utf-8?q?=C3=A4_b.txt?=|\u00e4 b.txt",
					"=?ISO-8859-1?Q?=E4?=|\u00e4", "=?US-ASCII*EN?Q?Keith?=|Keith",
					"a =?UTF-8?Q?b?= c =?UTF-8?Q?d?=|a b c d", "=?UTF-8?Q?a?= =?UTF-8?Q?b?=.txt|ab.txt",
					"=?UTF-8?Q?=41?=|A", "=?UTF-8?Q??=|##" })
	void wordsAreDecoded(String text, String expected) {
		assertThat(EncodedWords.decode(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a.txt", "=?", "=?UTF-8", "=?UTF-8?Q", "=?UTF-8?Q?a", "=?UTF-8?X?a?=", "=?UTF-8?B?%?=",
			"=?UTF-8?Q?=4?=", "=?UTF-8?Q?=zz?=", "=?nope?Q?a?=", "=?UTF-8??a?=", "=?UTF-8?Q?\u00e4?=", "==?=?=?" })
	void whatIsNoWordStaysAsItIs(String text) {
		assertThat(EncodedWords.decode(text)).isEqualTo(text);
	}

}
