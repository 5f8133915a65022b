package io.millrace.servlet;

import java.lang.annotation.Annotation;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import org.jspecify.annotations.Nullable;

/**
 * What the class of a servlet says about its registration: {@code @MultipartConfig},
 * {@code @ServletSecurity} and {@code @RunAs} (Javadoc of
 * {@code ServletContext.createServlet}). The names, patterns and parameters of
 * {@code @WebServlet} belong to whoever looks for such classes, Boot's
 * {@code @ServletComponentScan}.
 */
final class ComponentAnnotations {

	// Of Jakarta Annotations, which need not be there.
	private static final String RUN_AS = "jakarta.annotation.security.RunAs";

	private ComponentAnnotations() {
	}

	static @Nullable MultipartConfigElement multipartConfig(Class<?> type) {
		MultipartConfig annotation = type.getAnnotation(MultipartConfig.class);
		return (annotation != null) ? new MultipartConfigElement(annotation) : null;
	}

	static @Nullable ServletSecurityElement security(Class<?> type) {
		ServletSecurity annotation = type.getAnnotation(ServletSecurity.class);
		return (annotation != null) ? new ServletSecurityElement(annotation) : null;
	}

	static @Nullable String runAs(Class<?> type) {
		for (Annotation annotation : type.getAnnotations()) {
			if (annotation.annotationType().getName().equals(RUN_AS)) {
				return value(annotation);
			}
		}
		return null;
	}

	private static @Nullable String value(Annotation annotation) {
		try {
			return (String) annotation.annotationType().getMethod("value").invoke(annotation);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("@RunAs has no value", ex);
		}
	}

}
