package io.millrace.servlet;

import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which a client wants a resource, in the order of RFC 9110 §13.2.2.
 */
final class Preconditions {

	private static final Pattern OPAQUE_TAG = Pattern.compile("\"[^\"]*\"");

	private final HttpServletRequest request;

	private final StaticResource resource;

	private Preconditions(HttpServletRequest request, StaticResource resource) {
		this.request = request;
		this.resource = resource;
	}

	/**
	 * What a GET or HEAD is to be answered with.
	 * @param request the request
	 * @param resource what it asks for
	 * @return 200, 304 or 412
	 */
	static int evaluate(HttpServletRequest request, StaticResource resource) {
		return new Preconditions(request, resource).evaluate();
	}

	private int evaluate() {
		String match = field("If-Match");
		// §13.1.1 compares strongly, and our tags are weak.
		if ((match != null) ? !match.equals("*") : isModifiedSince("If-Unmodified-Since")) {
			return 412;
		}
		String noneMatch = field("If-None-Match");
		if (noneMatch != null) {
			return hasTag(noneMatch) ? 304 : 200;
		}
		boolean unmodified = date("If-Modified-Since") >= 0 && !isModifiedSince("If-Modified-Since");
		return unmodified ? 304 : 200;
	}

	private @Nullable String field(String name) {
		return (this.request.getHeader(name) != null)
				? String.join(",", Collections.list(this.request.getHeaders(name))).strip() : null;
	}

	// §8.8.3.2: the weak comparison does not look at the W/.
	private boolean hasTag(String list) {
		Matcher tags = OPAQUE_TAG.matcher(list);
		boolean found = list.equals("*");
		while (!found && tags.find()) {
			found = this.resource.entityTag().endsWith("/" + tags.group());
		}
		return found;
	}

	private boolean isModifiedSince(String name) {
		long date = date(name);
		return date >= 0 && this.resource.lastModified() / 1000 > date / 1000;
	}

	// §13.1.3, §13.1.4: what is no date is ignored.
	private long date(String name) {
		try {
			return this.request.getDateHeader(name);
		}
		catch (IllegalArgumentException ex) {
			return -1;
		}
	}

	/**
	 * Whether the range that is asked for belongs to the resource as it is now (§13.1.5).
	 * @param request the request
	 * @param resource the resource
	 * @return whether there is no {@code If-Range}, or it names the very date of the last
	 * change; a weak tag never counts
	 */
	static boolean isRangeWanted(HttpServletRequest request, StaticResource resource) {
		String condition = request.getHeader("If-Range");
		return condition == null || condition.equals(HttpDates.format(resource.lastModified()));
	}

}
