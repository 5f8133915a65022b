package io.millrace.servlet;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How many sessions an application may have, and where they are while it is not running.
 *
 * @param maxSessions how many there may be at once, negative for no limit; above it
 * {@code getSession} refuses the request with 503
 * @param file where sessions are saved at the stop and restored from at the start,
 * {@code null} for nowhere
 * @param classes which classes session attributes are restored of, besides those that are
 * safe in every application, in the notation of the JDK's serialization filters:
 * {@code com.example.**}
 */
public record SessionStorage(int maxSessions, @Nullable Path file, List<String> classes) {

	/** The limit where nobody sets another one. */
	public static final int DEFAULT_MAX_SESSIONS = 1_000_000;

	/**
	 * Create a description.
	 * @throws IllegalArgumentException where one of the classes is no pattern
	 */
	public SessionStorage {
		classes = List.copyOf(classes);
		AttributeFilter.check(classes);
	}

	/**
	 * What nobody changed.
	 * @return {@value #DEFAULT_MAX_SESSIONS} sessions, which end with the application
	 */
	public static SessionStorage inMemory() {
		return new SessionStorage(DEFAULT_MAX_SESSIONS, null, List.of());
	}

}
