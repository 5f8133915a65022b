package io.millrace.servlet;

import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * What an error is answered with where the application has no page for it (Servlet 6.1
 * §10.9.2, {@code sendError}): the status and what the application said to it. Nothing of
 * the request and nothing of an exception, as anybody may read it.
 */
final class DefaultErrorPage {

	private DefaultErrorPage() {
	}

	/**
	 * The page.
	 * @param status the status
	 * @param message what the application said, {@code null} for nothing
	 * @return a small HTML document
	 */
	static String html(int status, @Nullable String message) {
		String title = title(status);
		StringBuilder page = new StringBuilder(256)
			.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
			.append(title)
			.append("</title></head><body><h1>")
			.append(title)
			.append("</h1>");
		if (message != null && !message.isEmpty()) {
			page.append("<p>");
			appendEscaped(page, message);
			page.append("</p>");
		}
		return page.append("</body></html>\n").toString();
	}

	private static String title(int status) {
		String phrase = HttpResponseStatus.valueOf(status).reasonPhrase();
		// Netty makes up a phrase with the number in it for a status that has none.
		return phrase.endsWith(")") ? Integer.toString(status) : status + " " + phrase;
	}

	private static void appendEscaped(StringBuilder page, String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
				case '<' -> page.append("&lt;");
				case '>' -> page.append("&gt;");
				case '&' -> page.append("&amp;");
				case '"' -> page.append("&quot;");
				case '\'' -> page.append("&#39;");
				default -> page.append(c);
			}
		}
	}

}
