package io.millrace.boot.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

import io.millrace.boot.UnsupportedFeatureException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Tells which properties ask for something that Millrace does not offer.
 */
class UnsupportedFeatureFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedFeatureException> {

	private static final List<String> SECRETS = List.of("password", "key", "certificate", "store");

	private final Environment environment;

	UnsupportedFeatureFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedFeatureException cause) {
		return new FailureAnalysis(description(cause), cause.getAction(), cause);
	}

	private String description(UnsupportedFeatureException cause) {
		String property = cause.getProperty();
		String keys = List.of(property, "management." + property)
			.stream()
			.flatMap((prefix) -> keys(prefix).stream())
			.map(this::withValue)
			.collect(Collectors.joining("\n    "));
		String description = "Millrace cannot serve this application with '" + property + "': " + cause.getReason();
		return keys.isEmpty() ? description : description + " It is asked for by\n\n    " + keys;
	}

	private Collection<String> keys(String property) {
		if (property.contains("=")) {
			return List.of();
		}
		return (this.environment.getProperty(property) != null) ? List.of(property)
				: ConfiguredKeys.under(this.environment, property);
	}

	private String withValue(String key) {
		String name = key.toLowerCase(Locale.ROOT);
		boolean secret = SECRETS.stream().anyMatch(name::contains);
		return secret ? key : key + "=" + Objects.toString(this.environment.getProperty(key), "");
	}

}
