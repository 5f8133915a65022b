package io.millrace.accesslog;

import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * Times as ISO 8601 has them, in UTC and with milliseconds. What comes before those is
 * made once a second.
 */
final class UtcTime {

	private volatile Second last = new Second(-1, "");

	void append(Line line, long millis) {
		long second = Math.floorDiv(millis, 1000L);
		Second made = this.last;
		if (made.second() != second) {
			String text = DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochSecond(second));
			made = new Second(second, text.substring(0, text.length() - 1));
			this.last = made;
		}
		line.append(made.text()).append('.').appendThousandths((int) Math.floorMod(millis, 1000L)).append('Z');
	}

	private record Second(long second, String text) {

	}

}
