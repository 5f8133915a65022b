package io.millrace.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Looks for the reason behind what was thrown, through whatever frameworks wrapped around
 * it.
 */
final class Causes {

	// Some libraries build cycles of causes.
	private static final int DEEPEST = 32;

	private Causes() {
	}

	/**
	 * Find a cause.
	 * @param thrown what was thrown
	 * @param type the class that is looked for
	 * @param <T> the class that is looked for
	 * @return the outermost of that class, {@code null} where there is none
	 */
	static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
		Throwable cause = thrown;
		for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
			cause = cause.getCause();
		}
		return null;
	}

}
