package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import io.millrace.boot.autoconfigure.UnusedKey.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.env.Environment;

/**
 * Keys under {@code server} that Boot does not have, or no longer: it ignores them
 * without a word.
 */
class UnknownServerKeys {

	private static final String PREFIX = "server";

	// What is left over from earlier versions of Boot. With a dot at the end: all below.
	private static final Map<String, String> REPLACEMENTS = Map.ofEntries(
			Map.entry("server.error.", "spring.web.error."),
			Map.entry("server.servlet.encoding.", "spring.servlet.encoding."),
			Map.entry("server.session.", "server.servlet.session."),
			Map.entry("server.max-http-header-size", "server.max-http-request-header-size"),
			Map.entry("server.max-http-post-size", "millrace.max-request-body-size"),
			Map.entry("server.connection-timeout", "millrace.timeouts.header"),
			Map.entry("server.use-forward-headers", "server.forward-headers-strategy"),
			Map.entry("server.context-path", "server.servlet.context-path"),
			Map.entry("server.servlet.path", "spring.mvc.servlet.path"),
			Map.entry("server.threads.max", "millrace.worker.max-threads"),
			Map.entry("server.max-connections", "millrace.max-connections"));

	private final Environment environment;

	UnknownServerKeys(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Find them.
	 * @return the keys, without those of other servers
	 */
	List<UnusedKey> find() {
		List<UnusedKey> found = new ArrayList<>();
		for (ConfigurationPropertyName name : UnboundKeys.of(this.environment, PREFIX, ServerProperties.class)) {
			String key = name.toString();
			if (!ForeignServerKeys.isForeign(key)) {
				found.add(new UnusedKey(key, Kind.UNKNOWN, null, replacement(key)));
			}
		}
		return found;
	}

	static @Nullable String replacement(String key) {
		if (key.startsWith("server.millrace.")) {
			return key.substring("server.".length());
		}
		for (Map.Entry<String, String> entry : REPLACEMENTS.entrySet()) {
			String removed = entry.getKey();
			if (removed.endsWith(".") && key.startsWith(removed)) {
				return entry.getValue() + key.substring(removed.length());
			}
			if (UnboundKeys.squeeze(key).equals(UnboundKeys.squeeze(removed))) {
				return entry.getValue();
			}
		}
		List<String> known = new ArrayList<>();
		UnboundKeys.collect(PREFIX, ServerProperties.class, known);
		return known.stream()
			.min(Comparator.comparingInt((candidate) -> distance(key, candidate)))
			.filter((candidate) -> distance(key, candidate) <= UnknownKeys.MAX_DISTANCE)
			.orElse(null);
	}

	private static int distance(String one, String other) {
		return UnknownKeys.distance(UnboundKeys.squeeze(one), UnboundKeys.squeeze(other));
	}

}
