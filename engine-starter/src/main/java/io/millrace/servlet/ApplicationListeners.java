package io.millrace.servlet;

import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of an application in the order of their registration (Servlet 6.1 §11.2),
 * those of sessions apart. Changed before the start only; ends are told in reverse order.
 */
final class ApplicationListeners {

	private static final List<Class<? extends EventListener>> KINDS = List.of(ServletContextListener.class,
			ServletContextAttributeListener.class, ServletRequestListener.class, ServletRequestAttributeListener.class,
			HttpSessionListener.class, HttpSessionIdListener.class, HttpSessionAttributeListener.class);

	private final List<ContextListener> context = new ArrayList<>();

	private final List<ServletContextAttributeListener> contextAttributes = new ArrayList<>();

	private final List<ServletRequestListener> requests = new ArrayList<>();

	private final List<ServletRequestAttributeListener> requestAttributes = new ArrayList<>();

	private final SessionListeners sessions = new SessionListeners();

	private int initialised;

	/**
	 * Whether a listener is of a kind that a servlet context knows.
	 * @param type the class of the listener
	 * @return whether it can be added
	 */
	static boolean isKnown(Class<?> type) {
		return KINDS.stream().anyMatch((kind) -> kind.isAssignableFrom(type));
	}

	/**
	 * Add a listener of any kind.
	 * @param listener the listener
	 * @param declared whether it may configure the application when it is told of the
	 * start (§4.4)
	 * @throws IllegalArgumentException where it is of no kind that is known
	 */
	void add(EventListener listener, boolean declared) {
		if (!isKnown(listener.getClass())) {
			throw new IllegalArgumentException(
					"'" + listener.getClass().getName() + "' is no listener that a servlet context knows");
		}
		this.sessions.add(listener);
		if (listener instanceof ServletContextListener one) {
			this.context.add(new ContextListener(one, declared));
		}
		if (listener instanceof ServletContextAttributeListener one) {
			this.contextAttributes.add(one);
		}
		if (listener instanceof ServletRequestListener one) {
			this.requests.add(one);
		}
		if (listener instanceof ServletRequestAttributeListener one) {
			this.requestAttributes.add(one);
		}
	}

	SessionListeners sessions() {
		return this.sessions;
	}

	void contextInitialized(ServletContext context, ConfigurationGuard guard) {
		ServletContextEvent event = new ServletContextEvent(context);
		// By index: a listener may add others, though none of its own kind.
		for (int i = 0; i < this.context.size(); i++) {
			ContextListener each = this.context.get(i);
			this.initialised = i + 1;
			if (each.declared) {
				each.listener.contextInitialized(event);
			}
			else {
				guard.restrict(() -> each.listener.contextInitialized(event));
			}
		}
	}

	void contextDestroyed(ServletContext context) {
		ServletContextEvent event = new ServletContextEvent(context);
		for (int i = this.initialised - 1; i >= 0; i--) {
			ServletContextListener listener = this.context.get(i).listener;
			Notices.tell(listener, (each) -> each.contextDestroyed(event));
		}
		this.initialised = 0;
	}

	void contextAttribute(ServletContext context, String name, @Nullable Object previous, @Nullable Object value) {
		if (this.contextAttributes.isEmpty()) {
			return;
		}
		Object told = (previous != null) ? previous : value;
		ServletContextAttributeEvent event = new ServletContextAttributeEvent(context, name, told);
		for (ServletContextAttributeListener listener : this.contextAttributes) {
			if (value == null) {
				Notices.tell(listener, (each) -> each.attributeRemoved(event));
			}
			else if (previous == null) {
				Notices.tell(listener, (each) -> each.attributeAdded(event));
			}
			else {
				Notices.tell(listener, (each) -> each.attributeReplaced(event));
			}
		}
	}

	void requestInitialized(ServletContext context, ServletRequest request) {
		if (this.requests.isEmpty()) {
			return;
		}
		ServletRequestEvent event = new ServletRequestEvent(context, request);
		for (ServletRequestListener listener : this.requests) {
			listener.requestInitialized(event);
		}
	}

	void requestDestroyed(ServletContext context, ServletRequest request) {
		if (this.requests.isEmpty()) {
			return;
		}
		ServletRequestEvent event = new ServletRequestEvent(context, request);
		for (int i = this.requests.size() - 1; i >= 0; i--) {
			Notices.tell(this.requests.get(i), (each) -> each.requestDestroyed(event));
		}
	}

	void requestAttribute(ServletContext context, ServletRequest request, String name, @Nullable Object previous,
			@Nullable Object value) {
		if (this.requestAttributes.isEmpty()) {
			return;
		}
		Object told = (previous != null) ? previous : value;
		ServletRequestAttributeEvent event = new ServletRequestAttributeEvent(context, request, name, told);
		for (ServletRequestAttributeListener listener : this.requestAttributes) {
			if (value == null) {
				Notices.tell(listener, (each) -> each.attributeRemoved(event));
			}
			else if (previous == null) {
				Notices.tell(listener, (each) -> each.attributeAdded(event));
			}
			else {
				Notices.tell(listener, (each) -> each.attributeReplaced(event));
			}
		}
	}

	/**
	 * A context listener.
	 *
	 * @param declared whether it may configure the application when it is told of the
	 * start
	 */
	private record ContextListener(ServletContextListener listener, boolean declared) {

	}

}
