package io.millrace.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.StringUtils;

/**
 * Finds keys under a prefix that a class of properties does not have, and which it has.
 */
final class UnboundKeys {

	// Where Boot has the groups of server.*.
	private static final String BOOT = "org.springframework.boot.web.server";

	private UnboundKeys() {
	}

	/**
	 * Find the keys that it does not have.
	 * @param environment where to look
	 * @param prefix the prefix
	 * @param type the class of properties
	 * @return the keys, sorted
	 */
	static Collection<ConfigurationPropertyName> of(Environment environment, String prefix, Class<?> type) {
		Collection<ConfigurationPropertyName> names = new TreeSet<>();
		try {
			Binder.get(environment)
				.bind(prefix, Bindable.of(type),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, UnboundKeys::isExact));
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
				unbound.getUnboundProperties().forEach((property) -> names.add(property.getName()));
			}
		}
		return names;
	}

	/**
	 * Whether the names of a source are what somebody has written. Names of environment
	 * variables may be meant for anything.
	 * @param source the source
	 * @return {@code false} for environment variables
	 */
	static boolean isExact(ConfigurationPropertySource source) {
		return !(source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().endsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME));
	}

	/**
	 * Collect the names that it has.
	 * @param prefix the prefix
	 * @param type the class of properties
	 * @param names takes them
	 */
	static void collect(String prefix, Class<?> type, List<String> names) {
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			Class<?> propertyType = property.getPropertyType();
			if (propertyType == null || propertyType == Class.class) {
				continue;
			}
			String name = prefix + "." + dashed(property.getName());
			if (isGroup(propertyType)) {
				collect(name, propertyType, names);
			}
			else {
				names.add(name);
			}
		}
	}

	/**
	 * Whether a type is a group of properties rather than the value of one.
	 * @param type the type
	 * @return whether it has properties of its own
	 */
	static boolean isGroup(Class<?> type) {
		String name = type.getPackageName();
		return !type.isEnum() && (name.startsWith(UnboundKeys.class.getPackageName()) || name.startsWith(BOOT));
	}

	static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	static String squeeze(String name) {
		return StringUtils.delete(name, "-");
	}

}
