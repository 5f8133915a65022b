package io.millrace.boot.autoconfigure.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, in order. Plain maps, numbers and strings: so the names
 * are those that are written here, whichever library writes them, and JMX has them too.
 */
final class Fields {

	private static final double NANOS = 1_000_000;

	private final Map<String, Object> fields = new LinkedHashMap<>();

	/**
	 * Add a field.
	 * @param name its name
	 * @param value its value, {@code null} to leave it out
	 * @return this
	 */
	Fields add(String name, @Nullable Object value) {
		if (value != null) {
			this.fields.put(name, value);
		}
		return this;
	}

	/**
	 * Add a time in whole milliseconds.
	 * @param name its name, which says {@code Ms} at the end
	 * @param value the time
	 * @return this
	 */
	Fields addMillis(String name, Duration value) {
		return add(name, value.toMillis());
	}

	/**
	 * Add a time in milliseconds to the microsecond.
	 * @param name its name, which says {@code Ms} at the end
	 * @param nanos the time
	 * @return this
	 */
	Fields addExactMillis(String name, long nanos) {
		return add(name, Math.round(nanos / 1000.0) * 1000 / NANOS);
	}

	Map<String, Object> toMap() {
		return this.fields;
	}

}
