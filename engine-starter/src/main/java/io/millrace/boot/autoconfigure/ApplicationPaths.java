package io.millrace.boot.autoconfigure;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Where an application stands on its server.
 *
 * @param context the context path, empty for the root
 * @param dispatcher the path of Spring's dispatcher within it, empty for all of it
 */
record ApplicationPaths(String context, String dispatcher) {

	static ApplicationPaths of(Environment environment, boolean reactive) {
		if (reactive) {
			return new ApplicationPaths(path(environment, "spring.webflux.base-path"), "");
		}
		return new ApplicationPaths(path(environment, "server.servlet.context-path"),
				path(environment, "spring.mvc.servlet.path"));
	}

	private static String path(Environment environment, String property) {
		return StringUtils.trimTrailingCharacter(environment.getProperty(property, ""), '/');
	}

}
