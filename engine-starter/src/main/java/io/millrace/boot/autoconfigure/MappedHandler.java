package io.millrace.boot.autoconfigure;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.web.util.pattern.PathPattern;

/**
 * A method of a controller, and which requests Spring maps to it as far as path and
 * method tell.
 *
 * @param type the class of the controller
 * @param method the method
 * @param context what stands before the patterns: the context path and the path of the
 * dispatcher servlet, empty for the root
 * @param patterns the patterns of the paths
 * @param caseSensitive whether that is how they are compared
 * @param methods the methods of the requests, empty for all
 */
public record MappedHandler(Class<?> type, Method method, String context, List<PathPattern> patterns,
		boolean caseSensitive, Set<String> methods) {

	@Override
	public String toString() {
		return this.type.getName() + "." + this.method.getName()
				+ Arrays.stream(this.method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

}
