package io.millrace.boot.autoconfigure;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.millrace.boot.MillraceRoute;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Finds annotations that say nothing about any request, because Spring maps none to where
 * they stand: a limit that does not hold should not look as if it did.
 */
class UnmappedRoutes {

	private static final Log logger = LogFactory.getLog(UnmappedRoutes.class);

	private final ListableBeanFactory beanFactory;

	UnmappedRoutes(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Warn of them, in one line; of none say nothing.
	 * @param handlers the methods that requests are mapped to
	 */
	void warn(List<MappedHandler> handlers) {
		Collection<String> unmapped = find(handlers);
		if (!unmapped.isEmpty()) {
			logger.warn("@MillraceRoute has no effect on " + String.join(", ", unmapped)
					+ ": Spring maps no requests to it by @RequestMapping or its like. Use millrace.routes[]");
		}
	}

	private Collection<String> find(List<MappedHandler> handlers) {
		Set<Class<?>> mappedTypes = new HashSet<>();
		Set<Method> mappedMethods = new HashSet<>();
		handlers.forEach((handler) -> {
			mappedTypes.add(handler.type());
			mappedMethods.add(handler.method());
		});
		Collection<String> unmapped = new TreeSet<>();
		for (String bean : this.beanFactory.getBeanNamesForAnnotation(MillraceRoute.class)) {
			Class<?> type = type(bean);
			if (type == null || !mappedTypes.contains(type)) {
				unmapped.add("bean '" + bean + "'");
			}
		}
		for (String bean : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = type(bean);
			if (type != null && isOfTheApplication(type)) {
				MethodIntrospector
					.selectMethods(type,
							(Method method) -> AnnotatedElementUtils.hasAnnotation(method, MillraceRoute.class)
									&& !mappedMethods.contains(method))
					.forEach((method) -> unmapped.add(type.getName() + "." + method.getName() + "()"));
			}
		}
		return unmapped;
	}

	private @Nullable Class<?> type(String bean) {
		Class<?> type = this.beanFactory.getType(bean, false);
		return (type != null) ? ClassUtils.getUserClass(type) : null;
	}

	// Nobody else is to be expected to have them, and many have beans.
	private boolean isOfTheApplication(Class<?> type) {
		return AutoConfigurationPackages.has(this.beanFactory)
				&& AutoConfigurationPackages.get(this.beanFactory).stream().anyMatch(type.getName()::startsWith);
	}

}
