package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import io.millrace.boot.autoconfigure.KnownKeys;

import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Looks for environment variables that are ours but for a few letters. Others that begin
 * with our name may be meant for anything, such as those that Kubernetes has for a
 * service of that name.
 */
class EnvironmentVariableAdvisor implements Advisor {

	private static final String PREFIX = "MILLRACE_";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		if (situation.environment() instanceof ConfigurableEnvironment environment) {
			advise(environment.getSystemEnvironment(), advice);
		}
	}

	static void advise(Map<String, ?> variables, Consumer<Advice> advice) {
		List<String> names = variables.keySet()
			.stream()
			.filter((name) -> name.toUpperCase(Locale.ROOT).startsWith(PREFIX))
			.sorted()
			.toList();
		List<String> wrong = new ArrayList<>();
		for (String name : names) {
			KnownKeys.almost(name.replace("_", "")).ifPresent((key) -> wrong.add(name + " (" + variable(key) + ")"));
		}
		if (!wrong.isEmpty()) {
			advice.accept(Advice.warning("environment-variables",
					"these environment variables are no keys, and almost: " + String.join(", ", wrong),
					"They are ignored without a word, and whoever has set them believes in them",
					"write them as the names in brackets"));
		}
	}

	private static String variable(String key) {
		return key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
	}

}
