package io.millrace.core.connection;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The time as the field Date has it (RFC 9110 §5.6.7).
 */
public final class DateText {

	private static final DateTimeFormatter DATE = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	private DateText() {
	}

	/**
	 * Write a time.
	 * @param second seconds since 1970
	 * @return for example {@code Sun, 06 Nov 1994 08:49:37 GMT}
	 */
	public static String of(long second) {
		return DATE.format(Instant.ofEpochSecond(second));
	}

}
