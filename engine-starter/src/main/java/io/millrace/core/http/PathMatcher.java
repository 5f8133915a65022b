package io.millrace.core.http;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Tells requests by their path. Where it is for one path only, it is found by that and
 * not asked for all others.
 */
public interface PathMatcher extends Predicate<RequestHead> {

	/**
	 * The only path that it matches.
	 * @return a {@linkplain PlainPath plain} path, {@code null} where there are several
	 */
	@Nullable String exactPath();

	/**
	 * What it is for, as meters and logs name it.
	 * @return for example {@code GET /reports/**}, {@code null} where that cannot be said
	 */
	default @Nullable String pattern() {
		return null;
	}

	/**
	 * Whether a request is meant. Asked by event loops, must not block.
	 * @param request the request
	 * @param path its path, {@linkplain PlainPath plain}
	 * @return whether it is
	 */
	boolean matches(RequestHead request, String path);

	@Override
	default boolean test(RequestHead request) {
		return matches(request, PlainPath.of(request.target().path()));
	}

}
