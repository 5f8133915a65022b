package io.millrace.accesslog;

import java.util.List;

import io.millrace.core.observe.ObservedExchange;

/**
 * What a line of the log says. Whatever the request was, a line has no line break in it.
 */
public abstract class LineFormat {

	/** Only this package knows how lines are made. */
	LineFormat() {
	}

	/**
	 * Append the line of an exchange, without a line break. Called by several threads at
	 * once.
	 * @param line where to
	 * @param exchange what to write of
	 * @param completed whether the response was handed to the socket, whole
	 * @param endedMillis when it ended, as {@link System#currentTimeMillis()} has it
	 */
	abstract void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis);

	/**
	 * The Common Log Format.
	 * @param masks what is not to be written
	 * @return the format
	 */
	public static LineFormat common(Masks masks) {
		return pattern("%h %l %u %t \"%r\" %s %b", masks);
	}

	/**
	 * The Common Log Format, with referrer and user agent.
	 * @param masks what is not to be written
	 * @return the format
	 */
	public static LineFormat combined(Masks masks) {
		return pattern("%h %l %u %t \"%r\" %s %b \"%{Referer}i\" \"%{User-Agent}i\"", masks);
	}

	/**
	 * A JSON object with the names of the Elastic Common Schema.
	 * @param masks what is not to be written
	 * @param requestHeaders more fields of the request that are written where they are
	 * there
	 * @param responseHeaders the same of the response
	 * @return the format
	 */
	public static LineFormat json(Masks masks, List<String> requestHeaders, List<String> responseHeaders) {
		return new JsonFormat(masks, requestHeaders, responseHeaders);
	}

	/**
	 * A format in the manner of Apache httpd and Tomcat.
	 * @param pattern text with codes such as {@code %s} and {@code %{User-Agent}i}
	 * @param masks what is not to be written
	 * @return the format
	 * @throws IllegalArgumentException saying where and what is wrong
	 */
	public static LineFormat pattern(String pattern, Masks masks) {
		return new PatternFormat(new PatternParser(pattern, new PatternCodes(masks)).parse());
	}

}
