package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.env.Environment;

/**
 * Keys under {@code millrace} that do not exist. Boot ignores them, and whoever has
 * written one believes in it.
 */
class UnknownKeys {

	private static final Log logger = LogFactory.getLog(UnknownKeys.class);

	private static final String PREFIX = "millrace";

	// Of letters that differ: more is another word.
	static final int MAX_DISTANCE = 3;

	// What is shorter, as max, is said of many things.
	private static final int MIN_WORD = 6;

	private final Environment environment;

	private final ListableBeanFactory beanFactory;

	/**
	 * Create it.
	 * @param environment where the keys are
	 * @param beanFactory tells which keys others have under the same prefix
	 */
	UnknownKeys(Environment environment, ListableBeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	/**
	 * Warn of them, in one line; of none say nothing.
	 */
	void warn() {
		List<String> unknown = find().stream().map(UnknownKeys::describe).toList();
		if (!unknown.isEmpty()) {
			logger.warn("Unknown, and ignored: " + String.join(", ", unknown));
		}
	}

	/**
	 * Find them.
	 * @return the keys, sorted
	 */
	List<ConfigurationPropertyName> find() {
		return UnboundKeys.of(this.environment, PREFIX, MillraceProperties.class)
			.stream()
			.filter((key) -> !isOfOthers(key))
			.toList();
	}

	private boolean isOfOthers(ConfigurationPropertyName key) {
		for (String bean : this.beanFactory.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
			ConfigurationProperties others = this.beanFactory.findAnnotationOnBean(bean, ConfigurationProperties.class,
					false);
			String prefix = (others != null) ? others.prefix() : "";
			if (prefix.startsWith(PREFIX + ".") && ConfigurationPropertyName.of(prefix).isAncestorOf(key)) {
				return true;
			}
		}
		return false;
	}

	private static String describe(ConfigurationPropertyName key) {
		String suggestion = suggestion(key);
		return key + ((suggestion != null) ? " (did you mean " + suggestion + "?)" : "");
	}

	// What is spelt almost so, or else has the same last word somewhere else.
	static @Nullable String suggestion(ConfigurationPropertyName key) {
		String last = key.getLastElement(Form.UNIFORM);
		String name = UnboundKeys.squeeze(key.toString().replaceAll("\\[\\d+]", ""));
		List<String> known = new ArrayList<>();
		UnboundKeys.collect(PREFIX, MillraceProperties.class, known);
		UnboundKeys.collect(PREFIX + ".routes", RouteProperties.class, known);
		UnboundKeys.collect(PREFIX + ".listeners", ListenerProperties.class, known);
		String closest = known.stream()
			.min(Comparator.comparingInt((candidate) -> distance(name, UnboundKeys.squeeze(candidate))))
			.orElseThrow();
		if (distance(name, UnboundKeys.squeeze(closest)) <= MAX_DISTANCE) {
			return closest;
		}
		return (last.length() < MIN_WORD) ? null : withLastWord(known, last);
	}

	private static @Nullable String withLastWord(List<String> names, String word) {
		return names.stream()
			.filter((name) -> UnboundKeys.squeeze(name.substring(name.lastIndexOf('.') + 1)).equals(word))
			.findFirst()
			.orElse(null);
	}

	// Levenshtein's.
	static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
