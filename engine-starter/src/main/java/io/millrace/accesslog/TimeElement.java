package io.millrace.accesslog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import io.millrace.core.observe.ObservedExchange;

/**
 * When a request ended, or began: in the Common Log Format, as seconds or milliseconds
 * since 1970, or in a format of {@link DateTimeFormatter}. As Tomcat has it.
 */
final class TimeElement implements PatternFormat.Element {

	private static final String BEGIN = "begin";

	private static final String END = "end";

	private final boolean begin;

	private final Text text;

	/**
	 * Create the element.
	 * @param format the format, with {@code begin:} or {@code end:} before it where that
	 * matters; empty for the Common Log Format
	 * @throws IllegalArgumentException where it is no format
	 */
	TimeElement(String format) {
		this.begin = format.equals(BEGIN) || format.startsWith(BEGIN + ":");
		String rest = format;
		if (this.begin || format.equals(END) || format.startsWith(END + ":")) {
			rest = format.substring(Math.min((this.begin ? BEGIN : END).length() + 1, format.length()));
		}
		this.text = text(rest);
	}

	private static Text text(String format) {
		return switch (format) {
			case "" -> new TimeText("'['dd/MMM/yyyy:HH:mm:ss Z']'")::append;
			case "sec" -> (line, millis) -> line.append(millis / 1000);
			case "msec" -> (line, millis) -> line.append(millis);
			case "msec_frac" -> (line, millis) -> line.appendThousandths((int) (millis % 1000));
			default -> new TimeText(format)::append;
		};
	}

	@Override
	public void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis) {
		this.text.append(line, this.begin ? endedMillis - PatternCodes.nanos(exchange) / 1_000_000 : endedMillis);
	}

	private interface Text {

		void append(Line line, long millis);

	}

	/**
	 * A time in a format, made once for all requests of a second, or of a millisecond if
	 * the format tells them apart. Where two threads make it at once, one was for
	 * nothing.
	 */
	private static final class TimeText {

		private static final Instant FULL = Instant.ofEpochSecond(1_000_000_000);

		private final DateTimeFormatter formatter;

		private final long unit;

		private volatile Made last = new Made(-1, "");

		TimeText(String format) {
			try {
				this.formatter = DateTimeFormatter.ofPattern(format, Locale.US).withZone(ZoneId.systemDefault());
				this.unit = this.formatter.format(FULL).equals(this.formatter.format(FULL.plusNanos(123_456_789)))
						? 1000 : 1;
			}
			catch (IllegalArgumentException | DateTimeException ex) {
				throw new IllegalArgumentException("is no format for a time: " + ex.getMessage(), ex);
			}
		}

		void append(Line line, long millis) {
			long time = millis / this.unit;
			Made made = this.last;
			if (made.time() != time) {
				made = new Made(time, this.formatter.format(Instant.ofEpochMilli(millis)));
				this.last = made;
			}
			Escape.TEXT.append(line, made.text());
		}

		private record Made(long time, String text) {

		}

	}

}
