package io.millrace.boot.autoconfigure;

import java.util.Collection;
import java.util.TreeSet;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Finds which properties somebody has set.
 */
public final class ConfiguredKeys {

	// Defaults for development, which nobody has set.
	private static final String DEVTOOLS = "devtools";

	private ConfiguredKeys() {
	}

	/**
	 * The properties under a prefix.
	 * @param environment where to look
	 * @param prefix the prefix without the last dot
	 * @return their full names, sorted
	 */
	public static Collection<String> under(Environment environment, String prefix) {
		ConfigurationPropertyName parent = ConfigurationPropertyName.of(prefix);
		Collection<String> names = new TreeSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable && !isDevtools(source)
					&& source.containsDescendantOf(parent) != ConfigurationPropertyState.ABSENT) {
				iterable.stream().filter(parent::isAncestorOf).map(Object::toString).forEach(names::add);
			}
		}
		return names;
	}

	private static boolean isDevtools(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().equals(DEVTOOLS);
	}

}
