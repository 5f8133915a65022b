package io.millrace.boot.autoconfigure.explain;

import java.beans.PropertyDescriptor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/**
 * All properties of an object of properties, with their values: those that are set, and
 * the defaults of the others.
 */
final class DeclaredSettings {

	// Where groups of properties are: ours, and those of server.*.
	private static final String[] GROUPS = { "io.millrace.boot.autoconfigure", "org.springframework.boot.web.server" };

	private DeclaredSettings() {
	}

	/**
	 * Read them.
	 * @param prefix the prefix
	 * @param properties the object
	 * @return names and values
	 */
	static Map<String, @Nullable Object> of(String prefix, Object properties) {
		Map<String, @Nullable Object> settings = new LinkedHashMap<>();
		collect(prefix, properties, settings);
		return settings;
	}

	private static void collect(String prefix, Object properties, Map<String, @Nullable Object> settings) {
		BeanWrapper bean = PropertyAccessorFactory.forBeanPropertyAccess(properties);
		for (PropertyDescriptor property : bean.getPropertyDescriptors()) {
			if (property.getReadMethod() == null || property.getName().equals("class")) {
				continue;
			}
			String name = prefix + "." + property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			Object value = bean.getPropertyValue(property.getName());
			if (value == null || !isGroup(value.getClass())) {
				settings.put(name, value);
			}
			else {
				collect(name, value, settings);
			}
		}
	}

	private static boolean isGroup(Class<?> type) {
		return !Enum.class.isAssignableFrom(type) && !BeanUtils.isSimpleValueType(type)
				&& (type.getName().startsWith(GROUPS[0]) || type.getName().startsWith(GROUPS[1]));
	}

}
