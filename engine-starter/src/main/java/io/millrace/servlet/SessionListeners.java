package io.millrace.servlet;

import java.util.EventListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import org.jspecify.annotations.Nullable;

/**
 * The listeners that are told of sessions, in the order of Servlet 6.1 §11: as they were
 * added, but {@code sessionDestroyed} the other way round. One that fails is logged and
 * does not keep the others from being told, nor a session from ending.
 */
final class SessionListeners {

	// Written while the application starts, read by all threads.
	private final List<HttpSessionListener> lifecycle = new CopyOnWriteArrayList<>();

	private final List<HttpSessionIdListener> ids = new CopyOnWriteArrayList<>();

	private final List<HttpSessionAttributeListener> attributes = new CopyOnWriteArrayList<>();

	/**
	 * Add a listener of any of the kinds {@link HttpSessionListener},
	 * {@link HttpSessionIdListener} and {@link HttpSessionAttributeListener}.
	 * @param listener the listener
	 * @return {@code false} where it is none of them
	 */
	boolean add(EventListener listener) {
		boolean known = false;
		if (listener instanceof HttpSessionListener lifecycleListener) {
			this.lifecycle.add(lifecycleListener);
			known = true;
		}
		if (listener instanceof HttpSessionIdListener idListener) {
			this.ids.add(idListener);
			known = true;
		}
		if (listener instanceof HttpSessionAttributeListener attributeListener) {
			this.attributes.add(attributeListener);
			known = true;
		}
		return known;
	}

	void created(ServletSession session) {
		if (this.lifecycle.isEmpty()) {
			return;
		}
		HttpSessionEvent event = new HttpSessionEvent(session);
		for (HttpSessionListener listener : this.lifecycle) {
			Notices.tell(listener, (each) -> each.sessionCreated(event));
		}
	}

	void destroyed(ServletSession session) {
		HttpSessionEvent event = new HttpSessionEvent(session);
		Object[] reversed = this.lifecycle.toArray();
		for (int i = reversed.length - 1; i >= 0; i--) {
			Notices.tell((HttpSessionListener) reversed[i], (each) -> each.sessionDestroyed(event));
		}
	}

	void idChanged(ServletSession session, String oldId) {
		HttpSessionEvent event = new HttpSessionEvent(session);
		for (HttpSessionIdListener listener : this.ids) {
			Notices.tell(listener, (each) -> each.sessionIdChanged(event, oldId));
		}
	}

	/** Before the value can be read from the session (Servlet 6.1 §7.4). */
	void bound(ServletSession session, String name, Object value) {
		if (value instanceof HttpSessionBindingListener listener) {
			Notices.tell(listener, (each) -> each.valueBound(new HttpSessionBindingEvent(session, name, value)));
		}
	}

	/** After the value could be read from the session (Servlet 6.1 §7.4). */
	void unbound(ServletSession session, String name, Object value) {
		if (value instanceof HttpSessionBindingListener listener) {
			Notices.tell(listener, (each) -> each.valueUnbound(new HttpSessionBindingEvent(session, name, value)));
		}
	}

	/** Before the session is saved (Servlet 6.1 §7.7.2). */
	void passivating(ServletSession session, Object value) {
		if (value instanceof HttpSessionActivationListener listener) {
			Notices.tell(listener, (each) -> each.sessionWillPassivate(new HttpSessionEvent(session)));
		}
	}

	/** After the session was restored (Servlet 6.1 §7.7.2). */
	void activated(ServletSession session, Object value) {
		if (value instanceof HttpSessionActivationListener listener) {
			Notices.tell(listener, (each) -> each.sessionDidActivate(new HttpSessionEvent(session)));
		}
	}

	void attributeSet(ServletSession session, String name, Object value, @Nullable Object replaced) {
		if (this.attributes.isEmpty()) {
			return;
		}
		HttpSessionBindingEvent event = new HttpSessionBindingEvent(session, name,
				(replaced != null) ? replaced : value);
		for (HttpSessionAttributeListener listener : this.attributes) {
			Notices.tell(listener, (each) -> {
				if (replaced != null) {
					each.attributeReplaced(event);
				}
				else {
					each.attributeAdded(event);
				}
			});
		}
	}

	void attributeRemoved(ServletSession session, String name, Object value) {
		if (this.attributes.isEmpty()) {
			return;
		}
		HttpSessionBindingEvent event = new HttpSessionBindingEvent(session, name, value);
		for (HttpSessionAttributeListener listener : this.attributes) {
			Notices.tell(listener, (each) -> each.attributeRemoved(event));
		}
	}

}
