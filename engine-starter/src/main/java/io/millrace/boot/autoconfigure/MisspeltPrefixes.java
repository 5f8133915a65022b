package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.millrace.boot.autoconfigure.UnusedKey.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Keys that are ours but for their beginning: {@code milrace.…},
 * {@code spring.millrace.…}.
 */
class MisspeltPrefixes {

	private static final String PREFIX = "millrace";

	private static final int MAX_DISTANCE = 2;

	private final Environment environment;

	MisspeltPrefixes(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Find them.
	 * @return the keys with what they should be
	 */
	List<UnusedKey> find() {
		Set<ConfigurationPropertyName> names = new LinkedHashSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			// Names of environment variables may be meant for anything.
			if (source instanceof IterableConfigurationPropertySource iterable && UnboundKeys.isExact(source)) {
				iterable.forEach(names::add);
			}
		}
		List<UnusedKey> found = new ArrayList<>();
		for (ConfigurationPropertyName name : names) {
			String instead = instead(name);
			if (instead != null) {
				found.add(new UnusedKey(name.toString(), Kind.UNKNOWN, null, instead));
			}
		}
		return found;
	}

	private static @Nullable String instead(ConfigurationPropertyName name) {
		if (name.getNumberOfElements() < 2) {
			return null;
		}
		String first = name.getElement(0, Form.UNIFORM);
		if (first.equals("spring") && name.getElement(1, Form.UNIFORM).equals(PREFIX)) {
			return name.subName(1).toString();
		}
		boolean misspelt = !first.equals(PREFIX) && UnknownKeys.distance(first, PREFIX) <= MAX_DISTANCE;
		return misspelt ? PREFIX + "." + name.subName(1) : null;
	}

}
