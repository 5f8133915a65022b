package io.millrace.servlet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Dates in header fields (RFC 9110 §5.6.7).
 */
final class HttpDates {

	private static final DateTimeFormatter WRITTEN = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	private static final DateTimeFormatter[] READ = { DateTimeFormatter.RFC_1123_DATE_TIME,
			DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US).withZone(ZoneOffset.UTC) };

	private HttpDates() {
	}

	static String format(long millis) {
		return WRITTEN.format(Instant.ofEpochMilli(millis));
	}

	/**
	 * Read a date of any of the three forms.
	 * @param text the text
	 * @return milliseconds since 1970
	 * @throws IllegalArgumentException where it is no date
	 */
	static long parse(String text) {
		for (DateTimeFormatter format : READ) {
			try {
				return Instant.from(format.parse(text)).toEpochMilli();
			}
			catch (DateTimeException ex) {
				// Perhaps one of the other forms.
			}
		}
		return parseRfc850(text);
	}

	// The day of the week is not compared: its name is of no use.
	private static long parseRfc850(String text) {
		try {
			int comma = text.indexOf(',');
			LocalDateTime date = LocalDateTime.parse(text.substring(comma + 1).trim(),
					DateTimeFormatter.ofPattern("dd-MMM-uu HH:mm:ss 'GMT'", Locale.US));
			// Two digits mean the year that is at most 50 years in the future.
			LocalDateTime limit = LocalDateTime.now(ZoneOffset.UTC).plus(50, ChronoUnit.YEARS);
			return (date.isAfter(limit) ? date.minusYears(100) : date).toInstant(ZoneOffset.UTC).toEpochMilli();
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("'" + text + "' is no date", ex);
		}
	}

}
