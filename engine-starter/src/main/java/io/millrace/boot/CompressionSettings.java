package io.millrace.boot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import io.millrace.core.compression.MediaTypes;
import io.millrace.core.http.CompressionOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.Compression;

/**
 * From {@code server.compression.*} to the options of the engine.
 */
final class CompressionSettings {

	private CompressionSettings() {
	}

	/**
	 * The options.
	 * @param compression Boot's settings
	 * @return the options, {@code null} where nothing is to be compressed
	 * @throws InvalidConfigurationPropertyValueException where they cannot be used
	 */
	static @Nullable CompressionOptions options(@Nullable Compression compression) {
		if (compression == null || !compression.getEnabled()) {
			return null;
		}
		if (compression.getMinResponseSize().isNegative()) {
			throw invalid("min-response-size", compression.getMinResponseSize(), "The value has to be 0 or more.");
		}
		return new CompressionOptions(
				CompressionOptions.DEFAULT_CODINGS.stream().filter((each) -> each.coding().isAvailable()).toList(),
				types(compression), excludedAgents(compression.getExcludedUserAgents()),
				compression.getMinResponseSize().toBytes(), (request) -> false);
	}

	private static MediaTypes types(Compression compression) {
		try {
			return new MediaTypes(Arrays.asList(compression.getAllMimeTypes()));
		}
		catch (IllegalArgumentException ex) {
			throw invalid("mime-types", ex.getMessage(),
					"It is no media type. Write for example text/html, text/* or application/*+json, without parameters.");
		}
	}

	private static List<Pattern> excludedAgents(String @Nullable [] agents) {
		List<Pattern> patterns = new ArrayList<>();
		for (String agent : (agents != null) ? agents : new String[0]) {
			if (agent.isBlank()) {
				throw invalid("excluded-user-agents", agent,
						"Every client would be excluded. Leave the empty one out.");
			}
			try {
				patterns.add(Pattern.compile(agent.strip()));
			}
			catch (PatternSyntaxException ex) {
				throw invalid("excluded-user-agents", agent, "It is no regular expression: " + ex.getDescription()
						+ ". Write \\Q...\\E around literal text.");
			}
		}
		return patterns;
	}

	private static RuntimeException invalid(String key, @Nullable Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("server.compression." + key, value, reason);
	}

}
