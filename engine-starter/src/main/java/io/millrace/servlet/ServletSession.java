package io.millrace.servlet;

import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * One session (Servlet 6.1 §7). For all threads; without attributes it has no map.
 *
 * <pre>
 *          invalidate(), expiry, stop           listeners told, attributes gone
 *   VALID -----------------------------> ENDING ------------------------------> ENDED
 * </pre>
 *
 * Whoever moves it from VALID to ENDING ends it, so it is destroyed once. While it is
 * ENDING the listeners can still use it (Servlet 6.1 §7.1.4), but no request finds it.
 */
final class ServletSession implements HttpSession {

	private static final AtomicReferenceFieldUpdater<ServletSession, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(ServletSession.class, State.class, "state");

	// Most sessions hold one to three attributes, and there are many sessions: the table
	// begins with four places.
	private static final int FEW = 2;

	private final SessionStore store;

	private final long creationTime;

	// Written by the store, under the monitor of this session.
	private volatile String id;

	private volatile State state = State.VALID;

	// When the latest request came, and when one last came or went. Written under the
	// monitor of this session, so that it cannot expire while it is touched.
	private volatile long accessedTime;

	private volatile long idleSince;

	private volatile long lastAccessedTime;

	// How many requests and accessors use it: until they are done it does not expire.
	private volatile int users;

	private volatile boolean fresh = true;

	private volatile int maxInactiveInterval;

	private volatile @Nullable Map<String, Object> attributes = null;

	/**
	 * Create a session for a request, which uses it until {@link #release}.
	 * @param store the store it belongs to
	 * @param id the id, not used by another one
	 * @param now the time
	 * @param maxInactiveInterval the timeout in seconds, zero or less for never
	 */
	ServletSession(SessionStore store, String id, long now, int maxInactiveInterval) {
		this.store = store;
		this.id = id;
		this.creationTime = now;
		this.accessedTime = now;
		this.idleSince = now;
		this.lastAccessedTime = now;
		this.maxInactiveInterval = maxInactiveInterval;
		this.users = 1;
	}

	/**
	 * Restore a session, which nobody uses. Its attributes are not bound: they were, and
	 * nobody unbound them.
	 * @param store the store it belongs to
	 * @param stored the session
	 * @param attributes its attributes
	 */
	ServletSession(SessionStore store, StoredSession stored, Map<String, Object> attributes) {
		this.store = store;
		this.id = stored.id();
		this.creationTime = stored.creationTime();
		this.accessedTime = stored.idleSince();
		this.idleSince = stored.idleSince();
		this.lastAccessedTime = stored.lastAccessedTime();
		this.maxInactiveInterval = stored.maxInactiveInterval();
		this.fresh = stored.fresh();
		this.attributes = attributes.isEmpty() ? null : new ConcurrentHashMap<>(attributes);
	}

	/**
	 * Whether a request may go on using it.
	 * @return {@code false} once it has ended: {@code getSession()} asks for another
	 */
	boolean isValid() {
		return this.state != State.ENDED;
	}

	/**
	 * A request came that belongs to this session, or an {@link Accessor} is used: to be
	 * followed by one {@link #release}.
	 * @param now the time
	 * @return {@code false} where the session has ended or is due to
	 */
	synchronized boolean access(long now) {
		if (this.state != State.VALID || isOverdue(now)) {
			return false;
		}
		this.lastAccessedTime = this.accessedTime;
		this.accessedTime = now;
		this.idleSince = now;
		this.users++;
		return true;
	}

	/**
	 * The client sent the id, so it knows the session.
	 */
	void join() {
		this.fresh = false;
	}

	/**
	 * What {@link #access} began is over: the idle time counts from here, and the access
	 * is the last one.
	 * @param now the time
	 */
	synchronized void release(long now) {
		this.lastAccessedTime = this.accessedTime;
		this.idleSince = now;
		this.users--;
	}

	/**
	 * End the session if it was not used for too long.
	 * @param now the time
	 */
	void expire(long now) {
		if (!isOverdue(now)) {
			return;
		}
		synchronized (this) {
			if (!isOverdue(now) || !STATE.compareAndSet(this, State.VALID, State.ENDING)) {
				return;
			}
		}
		finish();
	}

	/**
	 * End the session if nobody has.
	 * @return {@code false} where somebody else has
	 */
	boolean end() {
		if (!STATE.compareAndSet(this, State.VALID, State.ENDING)) {
			return false;
		}
		finish();
		return true;
	}

	private boolean isOverdue(long now) {
		int seconds = this.maxInactiveInterval;
		return seconds > 0 && now - this.idleSince >= seconds * 1000L && this.users == 0;
	}

	/**
	 * Turn the session into what can be saved, and end it; nobody is told of the end, but
	 * the attributes that it is put away.
	 * @param serializer writes the attributes
	 * @return the session, {@code null} where somebody else has ended it
	 */
	@Nullable StoredSession passivate(AttributeSerializer serializer) {
		if (!STATE.compareAndSet(this, State.VALID, State.ENDING)) {
			return null;
		}
		Map<String, byte[]> stored = new HashMap<>();
		Map<String, Object> map = this.attributes;
		if (map != null) {
			map.values().forEach((value) -> this.store.listeners().passivating(this, value));
			map.forEach((name, value) -> {
				byte[] bytes = serializer.write(name, value);
				if (bytes != null) {
					stored.put(name, bytes);
				}
			});
		}
		this.store.remove(this);
		this.state = State.ENDED;
		this.attributes = null;
		return new StoredSession(this.id, this.creationTime, this.lastAccessedTime, this.idleSince,
				this.maxInactiveInterval, this.fresh, stored);
	}

	/** It was restored: tell the attributes. */
	void activate() {
		Map<String, Object> map = this.attributes;
		if (map != null) {
			map.values().forEach((value) -> this.store.listeners().activated(this, value));
		}
	}

	private void finish() {
		this.store.remove(this);
		SessionListeners listeners = this.store.listeners();
		listeners.destroyed(this);
		this.state = State.ENDED;
		Map<String, Object> map = this.attributes;
		if (map != null) {
			for (String name : map.keySet()) {
				remove(map, name);
			}
		}
	}

	private void remove(Map<String, Object> map, String name) {
		Object value = map.remove(name);
		if (value != null) {
			this.store.listeners().unbound(this, name, value);
			this.store.listeners().attributeRemoved(this, name, value);
		}
	}

	/**
	 * Whether the session can still get another id. Call it with its monitor held.
	 * @return {@code false} once somebody ends it
	 */
	boolean isAlive() {
		return this.state == State.VALID;
	}

	/**
	 * Set the id. Call it with the monitor held.
	 * @param id the id under which the store has it
	 */
	void setId(String id) {
		this.id = id;
	}

	@Override
	public long getCreationTime() {
		checkValid();
		return this.creationTime;
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public long getLastAccessedTime() {
		checkValid();
		return this.lastAccessedTime;
	}

	@Override
	public ServletContext getServletContext() {
		return this.store.context();
	}

	@Override
	public void setMaxInactiveInterval(int interval) {
		this.maxInactiveInterval = interval;
	}

	@Override
	public int getMaxInactiveInterval() {
		return this.maxInactiveInterval;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		checkValid();
		Map<String, Object> map = this.attributes;
		// A null name has no value, as with Tomcat.
		return (map != null && name != null) ? map.get(name) : null;
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		checkValid();
		Map<String, Object> map = this.attributes;
		return (map != null) ? Collections.enumeration(map.keySet()) : Collections.emptyEnumeration();
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (name == null) {
			throw new IllegalArgumentException("The name of a session attribute must not be null");
		}
		checkValid();
		if (value == null) {
			removeAttribute(name);
			return;
		}
		Map<String, Object> map = attributesForWriting();
		SessionListeners listeners = this.store.listeners();
		boolean unchanged = map.get(name) == value;
		if (!unchanged) {
			listeners.bound(this, name, value);
		}
		Object replaced = map.put(name, value);
		if (replaced != null && replaced != value) {
			listeners.unbound(this, name, replaced);
		}
		listeners.attributeSet(this, name, value, replaced);
		// The session may have ended in between, and its attributes been unbound before
		// this one was there.
		if (this.state == State.ENDED) {
			remove(map, name);
			throw ended();
		}
	}

	@Override
	public void removeAttribute(String name) {
		checkValid();
		Map<String, Object> map = this.attributes;
		if (map != null && name != null) {
			remove(map, name);
		}
	}

	private Map<String, Object> attributesForWriting() {
		Map<String, Object> map = this.attributes;
		if (map == null) {
			synchronized (this) {
				map = this.attributes;
				if (map == null) {
					map = new ConcurrentHashMap<>(FEW);
					this.attributes = map;
				}
			}
		}
		return map;
	}

	@Override
	public void invalidate() {
		checkValid();
		// Not an error while it is ending: a listener may be calling.
		end();
	}

	@Override
	public boolean isNew() {
		checkValid();
		return this.fresh;
	}

	/**
	 * Access to the session beside a request (Servlet 6.1, {@link Accessor}). It follows
	 * the session when its id changes.
	 * @return a handle for any thread
	 */
	@Override
	public Accessor getAccessor() {
		checkValid();
		return this::accessOutsideRequest;
	}

	private void accessOutsideRequest(Consumer<HttpSession> consumer) {
		if (!this.store.touch(this)) {
			throw ended();
		}
		try {
			consumer.accept(this);
		}
		finally {
			this.store.release(this);
		}
	}

	private void checkValid() {
		if (this.state == State.ENDED) {
			throw ended();
		}
	}

	private static IllegalStateException ended() {
		return new IllegalStateException("The session was invalidated or has expired");
	}

	private enum State {

		/** In use. */
		VALID,

		/** The listeners are being told. */
		ENDING,

		/** Nothing but the id is left. */
		ENDED

	}

}
