package io.millrace.jfr;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as settings of the flight recorder have them: {@code 20 ms}, or {@code 20ms} on a
 * command line.
 */
final class JfrTime {

	private static final Pattern FORMAT = Pattern.compile("\\s*(\\d{1,15})\\s*(ns|us|ms|s|m|h|d)\\s*");

	private JfrTime() {
	}

	/**
	 * Understand a time.
	 * @param text the time
	 * @return nanoseconds
	 * @throws IllegalArgumentException where it is none; the recorder says so in its log
	 * and keeps the value that it had
	 */
	static long nanos(String text) {
		Matcher matcher = FORMAT.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("A time has to be written as '20 ms', and is '" + text + "'");
		}
		TimeUnit unit = switch (matcher.group(2)) {
			case "ns" -> TimeUnit.NANOSECONDS;
			case "us" -> TimeUnit.MICROSECONDS;
			case "ms" -> TimeUnit.MILLISECONDS;
			case "s" -> TimeUnit.SECONDS;
			case "m" -> TimeUnit.MINUTES;
			case "h" -> TimeUnit.HOURS;
			default -> TimeUnit.DAYS;
		};
		return unit.toNanos(Long.parseLong(matcher.group(1)));
	}

}
