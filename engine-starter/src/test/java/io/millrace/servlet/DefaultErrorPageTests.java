package io.millrace.servlet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DefaultErrorPage}.
 */
class DefaultErrorPageTests {

	@Test
	void thePageHasTheStatusAndWhatTheApplicationSaid() {
		assertThat(DefaultErrorPage.html(410, "It has moved on"))
			.isEqualTo("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>410 Gone</title></head>"
					+ "<body><h1>410 Gone</h1><p>It has moved on</p></body></html>\n");
	}

	@Test
	void withoutAMessageThereIsNoParagraph() {
		assertThat(DefaultErrorPage.html(500, null)).contains("<h1>500 Internal Server Error</h1></body>");
		assertThat(DefaultErrorPage.html(500, "")).doesNotContain("<p>");
	}

	@Test
	void aStatusWithoutAPhraseIsANumber() {
		assertThat(DefaultErrorPage.html(799, null)).contains("<h1>799</h1>");
	}

	@Test
	void noMessageBecomesMarkup() {
		assertThat(DefaultErrorPage.html(400, "<script>alert('a & \"b\"')</script>"))
			.contains("<p>&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;</p>");
	}

}
