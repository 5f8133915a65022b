package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The keys that there are under {@code millrace}.
 */
public final class KnownKeys {

	private static final String PREFIX = "millrace";

	// Four letters of six are another word.
	private static final int MAX_DISTANCE = 2;

	private KnownKeys() {
	}

	/**
	 * Look for a key that is spelt almost as something.
	 * @param name a name without dots and dashes, in any case
	 * @return the key, nothing where the name is that of a key, or of none
	 */
	public static Optional<String> almost(String name) {
		List<String> keys = new ArrayList<>();
		UnboundKeys.collect(PREFIX, MillraceProperties.class, keys);
		String plain = name.toLowerCase(Locale.ROOT);
		return keys.stream()
			.min(Comparator.comparingInt((key) -> distance(plain, key)))
			.filter((key) -> distance(plain, key) > 0 && distance(plain, key) <= MAX_DISTANCE);
	}

	private static int distance(String plain, String key) {
		return UnknownKeys.distance(plain, key.replaceAll("[.-]", ""));
	}

}
