package io.millrace.boot.autoconfigure.explain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Where settings come from, in few words: {@code application.yml:12}.
 */
class SettingOrigins {

	// class path resource [application.yml] - 12:5, with more or less before and behind.
	private static final Pattern TEXT = Pattern.compile("\\[(?<resource>[^]]+)](?:.*? - (?<line>\\d+):\\d+)?");

	private final Environment environment;

	SettingOrigins(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Find who has set a property: the first source that knows it, as Boot takes it.
	 * @param name the property
	 * @return what it has been set to, {@code null} where nobody has
	 */
	@Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/**
	 * The property source of a property.
	 * @param property the property
	 * @return the source, {@code null} where it is none of Spring's
	 */
	static @Nullable PropertySource<?> source(ConfigurationProperty property) {
		ConfigurationPropertySource source = property.getSource();
		return (source != null && source.getUnderlyingSource() instanceof PropertySource<?> underlying) ? underlying
				: null;
	}

	/**
	 * Where a property comes from.
	 * @param property the property
	 * @return such as {@code application.yml:12}, {@code command line},
	 * {@code environment variable MILLRACE_BACKLOG}
	 */
	static String describe(ConfigurationProperty property) {
		PropertySource<?> source = source(property);
		Origin origin = property.getOrigin();
		String name = (source != null) ? source.getName() : "";
		if (source instanceof CommandLinePropertySource) {
			return "command line";
		}
		if (name.equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
			return "system property";
		}
		if (name.endsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
			return "environment variable" + variable(origin);
		}
		if (name.equals("defaultProperties")) {
			return "default properties of the application";
		}
		return shorten((origin != null) ? origin.toString() : name, name);
	}

	private static String variable(@Nullable Origin origin) {
		return (origin instanceof PropertySourceOrigin variable) ? " " + variable.getPropertyName() : "";
	}

	static String shorten(String origin, String source) {
		Matcher matcher = TEXT.matcher(origin);
		if (!matcher.find()) {
			return source.isEmpty() ? origin : source;
		}
		String resource = matcher.group("resource");
		String line = matcher.group("line");
		String file = resource.substring(resource.lastIndexOf('/') + 1);
		return (line != null) ? file + ":" + line : file;
	}

	/**
	 * What a value says, without what Boot keeps about where it was written.
	 * @param property the property
	 * @return the value
	 */
	static Object value(ConfigurationProperty property) {
		Object value = property.getValue();
		Object plain = (value instanceof OriginTrackedValue tracked) ? tracked.getValue() : value;
		return (plain != null) ? plain : "";
	}

}
