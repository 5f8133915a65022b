package io.millrace.boot.autoconfigure.explain;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.PropertySource;

/**
 * A setting, and what has become of it.
 *
 * @param name the property
 * @param value what it says: a string, a number or a boolean, {@code null} where it is
 * not set and has no default
 * @param effective what is in force, {@code null} where that is the same or nobody knows
 * @param origin where the value comes from
 * @param source the property source that it comes from, {@code null} for a default
 * @param ignored why it does nothing, {@code null} where it is honoured
 * @param harmless whether everybody may see the value
 */
public record Setting(String name, @Nullable Object value, @Nullable Object effective, String origin,
		@Nullable PropertySource<?> source, @Nullable String ignored, boolean harmless) {

	/** The origin of what nobody has set. */
	public static final String DEFAULT = "default";

	Setting ignored(String reason) {
		return new Setting(this.name, this.value, this.effective, this.origin, this.source, reason, this.harmless);
	}

}
