package io.millrace.servlet;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of servlets, filters and listeners with the class loader of the
 * application, and makes their objects.
 */
final class ComponentFactory {

	private final ClassLoader loader;

	// Made for the application, which may come back with them: see wasCreatedHere.
	private final Set<Object> created = Collections.newSetFromMap(new IdentityHashMap<>());

	ComponentFactory(ClassLoader loader) {
		this.loader = loader;
	}

	/**
	 * Load a class.
	 * @param name its name
	 * @param type what it has to be
	 * @param <T> what it has to be
	 * @return the class, {@code null} where there is no such class
	 * @throws IllegalArgumentException where it is something else
	 */
	<T> @Nullable Class<? extends T> find(String name, Class<T> type) {
		try {
			return Class.forName(name, false, this.loader).asSubclass(type);
		}
		catch (ClassNotFoundException ex) {
			return null;
		}
		catch (ClassCastException ex) {
			throw new IllegalArgumentException("'" + name + "' is no " + type.getSimpleName(), ex);
		}
	}

	/**
	 * Make an object that the application asked for ({@code createServlet}).
	 * @param type its class
	 * @param <T> its class
	 * @return the object
	 * @throws ServletException where it cannot be made
	 */
	<T> T createForApplication(Class<T> type) throws ServletException {
		T object = create(type);
		this.created.add(object);
		return object;
	}

	/**
	 * Whether an object comes from {@link #createForApplication}: only then do the
	 * security annotations of its class count (Javadoc of {@code createServlet}).
	 * @param object the object
	 * @return whether it does
	 */
	boolean wasCreatedHere(Object object) {
		return this.created.contains(object);
	}

	/** Nothing can be registered any more: forget what was made. */
	void forget() {
		this.created.clear();
	}

	/**
	 * Make an object by the constructor without parameters.
	 * @param type its class
	 * @param <T> its class
	 * @return the object
	 * @throws ServletException where there is no such constructor or it fails
	 */
	static <T> T create(Class<T> type) throws ServletException {
		try {
			return type.getDeclaredConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new ServletException("'" + type.getName() + "' cannot be instantiated", ex);
		}
	}

}
