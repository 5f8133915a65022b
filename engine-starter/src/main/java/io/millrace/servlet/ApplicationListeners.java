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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of an application in the order of their registration (Servlet 6.1 §11.2),
 * those of sessions apart. Changed before the start only; ends are told in reverse order.
 */
final class ApplicationListeners {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationListeners.class);

	private final List<ServletContextListener> context = new ArrayList<>();

	private final List<ServletContextAttributeListener> contextAttributes = new ArrayList<>();

	private final List<ServletRequestListener> requests = new ArrayList<>();

	private final List<ServletRequestAttributeListener> requestAttributes = new ArrayList<>();

	private final SessionListeners sessions = new SessionListeners();

	private int initialised;

	/**
	 * Add a listener of any kind.
	 * @param listener the listener
	 * @throws IllegalArgumentException where it is of no kind that is known
	 */
	void add(EventListener listener) {
		boolean known = this.sessions.add(listener);
		if (listener instanceof ServletContextListener one) {
			known = this.context.add(one);
		}
		if (listener instanceof ServletContextAttributeListener one) {
			known = this.contextAttributes.add(one);
		}
		if (listener instanceof ServletRequestListener one) {
			known = this.requests.add(one);
		}
		if (listener instanceof ServletRequestAttributeListener one) {
			known = this.requestAttributes.add(one);
		}
		if (!known) {
			throw new IllegalArgumentException(
					"'" + listener.getClass().getName() + "' is no listener that a servlet context knows");
		}
	}

	SessionListeners sessions() {
		return this.sessions;
	}

	void contextInitialized(ServletContext context) {
		ServletContextEvent event = new ServletContextEvent(context);
		// By index: a listener may add others, which are then told too.
		for (int i = 0; i < this.context.size(); i++) {
			this.initialised = i + 1;
			this.context.get(i).contextInitialized(event);
		}
	}

	void contextDestroyed(ServletContext context) {
		ServletContextEvent event = new ServletContextEvent(context);
		for (int i = this.initialised - 1; i >= 0; i--) {
			ServletContextListener listener = this.context.get(i);
			try {
				listener.contextDestroyed(event);
			}
			catch (RuntimeException ex) {
				logger.error("{} failed at the end of the application", listener.getClass().getName(), ex);
			}
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
				listener.attributeRemoved(event);
			}
			else if (previous == null) {
				listener.attributeAdded(event);
			}
			else {
				listener.attributeReplaced(event);
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
			ServletRequestListener listener = this.requests.get(i);
			try {
				listener.requestDestroyed(event);
			}
			catch (RuntimeException ex) {
				logger.error("{} failed at the end of a request", listener.getClass().getName(), ex);
			}
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
				listener.attributeRemoved(event);
			}
			else if (previous == null) {
				listener.attributeAdded(event);
			}
			else {
				listener.attributeReplaced(event);
			}
		}
	}

}
