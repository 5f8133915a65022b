package io.millrace.servlet;

import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * Where a servlet or a filter comes from: the application gave it, or the class to make
 * it of, or the name of that class.
 *
 * @param <T> servlet or filter
 * @param className the name of the class
 * @param type the class, {@code null} where there is none of that name: who asks for the
 * object is told then, as with Tomcat
 * @param given the object that the application gave, {@code null} where it is to be made
 */
record ComponentSource<T>(String className, @Nullable Class<? extends T> type, @Nullable T given) {

	static <T> ComponentSource<T> of(String className, @Nullable Class<? extends T> type) {
		return new ComponentSource<>(className, type, null);
	}

	static <T> ComponentSource<T> of(Class<? extends T> type) {
		return new ComponentSource<>(type.getName(), type, null);
	}

	@SuppressWarnings("unchecked")
	static <T> ComponentSource<T> of(T given) {
		Class<? extends T> type = (Class<? extends T>) given.getClass();
		return new ComponentSource<>(type.getName(), type, given);
	}

	/**
	 * The object.
	 * @return what was given, or a new one
	 * @throws ServletException where it cannot be made
	 */
	T get() throws ServletException {
		T known = this.given;
		if (known != null) {
			return known;
		}
		Class<? extends T> found = this.type;
		if (found == null) {
			throw new ServletException("There is no class '" + this.className + "' in this application");
		}
		return ComponentFactory.create(found);
	}

}
