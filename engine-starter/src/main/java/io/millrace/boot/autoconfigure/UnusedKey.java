package io.millrace.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * A key that somebody has set and that does nothing.
 *
 * @param key its name
 * @param kind why it does nothing
 * @param reason the same in words, where there is more to say
 * @param instead the key that was probably meant, {@code null} where nobody knows
 */
public record UnusedKey(String key, Kind kind, @Nullable String reason, @Nullable String instead) {

	/**
	 * Why a key does nothing.
	 */
	public enum Kind {

		/** It is of another server. */
		FOREIGN,

		/** There is no such key. */
		UNKNOWN,

		/** Other settings stand against it. */
		WITHOUT_EFFECT

	}

}
