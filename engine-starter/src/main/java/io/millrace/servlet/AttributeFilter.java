package io.millrace.servlet;

import java.io.ObjectInputFilter;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which classes a session attribute is restored of. Deserialisation runs code of whatever
 * class the bytes name, so what is not named here is refused: a file that somebody else
 * has written must not choose (CVE-2025-24813). For one attribute, one thread.
 */
final class AttributeFilter implements ObjectInputFilter {

	// Far more than a session holds; a bomb of nested collections has more.
	private static final String LIMITS = "maxdepth=100;maxrefs=1000000;maxarray=1000000";

	// Values of the JDK, and what Spring MVC and Spring Security themselves keep in
	// sessions. Nothing here loads classes, opens connections or calls by reflection;
	// java.net.URL, which resolves names, is missing for that reason.
	private static final List<String> SAFE = List.of("java.lang.*", "java.math.*", "java.time.*", "java.time.chrono.*",
			"java.time.zone.*", "java.util.*", "java.util.concurrent.*", "java.util.concurrent.atomic.*",
			"java.util.concurrent.locks.*", "java.net.URI", "java.net.Inet*", "java.sql.Date", "java.sql.Time",
			"java.sql.Timestamp", "jakarta.servlet.http.Cookie", "org.springframework.security.**",
			"org.springframework.web.servlet.FlashMap", "org.springframework.util.LinkedMultiValueMap",
			"org.springframework.util.MultiValueMapAdapter", "org.springframework.util.LinkedCaseInsensitiveMap*");

	private final ObjectInputFilter patterns;

	private @Nullable String refused;

	private AttributeFilter(ObjectInputFilter patterns) {
		this.patterns = patterns;
	}

	/**
	 * The patterns of all attributes.
	 * @param classes which classes to allow besides the safe ones
	 * @return the patterns
	 * @throws IllegalArgumentException where one of them is malformed
	 */
	static ObjectInputFilter patterns(List<String> classes) {
		ObjectInputFilter filter = ObjectInputFilter.Config
			.createFilter(LIMITS + ";" + String.join(";", SAFE) + ";" + join(classes) + "!*");
		if (filter == null) {
			throw new IllegalArgumentException("There is no pattern");
		}
		return filter;
	}

	private static String join(List<String> classes) {
		return classes.isEmpty() ? "" : String.join(";", classes) + ";";
	}

	/**
	 * Check patterns that somebody configured.
	 * @param classes the patterns
	 * @throws IllegalArgumentException where one of them is malformed, or more than a
	 * pattern
	 */
	static void check(List<String> classes) {
		for (String each : classes) {
			if (!each.matches("[\\p{Alnum}_$.]+(\\*|\\.\\*\\*)?")) {
				throw new IllegalArgumentException("A pattern of classes has to be of the form 'com.example.Type', "
						+ "'com.example.*' or 'com.example.**', and is '" + each + "'");
			}
		}
		patterns(classes);
	}

	/**
	 * Create the filter of one attribute.
	 * @param patterns what is allowed
	 * @return a filter that remembers what it refused
	 */
	static AttributeFilter of(ObjectInputFilter patterns) {
		return new AttributeFilter(patterns);
	}

	@Override
	public Status checkInput(FilterInfo info) {
		Status status = this.patterns.checkInput(info);
		Class<?> type = info.serialClass();
		if (status == Status.REJECTED && type != null && this.refused == null) {
			this.refused = type.getName();
		}
		return status;
	}

	/**
	 * The class that was refused.
	 * @return the name of the first, {@code null} where none was
	 */
	@Nullable String refused() {
		return this.refused;
	}

}
