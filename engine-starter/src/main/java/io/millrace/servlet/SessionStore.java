package io.millrace.servlet;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one application, in memory. It has no thread: a session that is overdue
 * ends when it is asked for, and at the next {@link #sweep}, which whoever owns the store
 * schedules, on a thread that may block. For all threads.
 */
final class SessionStore {

	// 128 bits cannot be guessed; 64 would do (OWASP). The form is that of Tomcat's ids.
	private static final int ID_BYTES = 16;

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private final ServletContext context;

	private final SessionSettings settings;

	private final SessionListeners listeners;

	private final LongSupplier clock;

	private final SecureRandom random = new SecureRandom();

	private final ConcurrentMap<String, ServletSession> sessions = new ConcurrentHashMap<>();

	private volatile boolean stopped = false;

	/**
	 * Create an empty store.
	 * @param context the application
	 * @param settings the timeout of new sessions
	 * @param listeners who is told
	 */
	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners) {
		this(context, settings, listeners, System::currentTimeMillis);
	}

	/**
	 * Create an empty store with its own clock.
	 * @param context the application
	 * @param settings the timeout of new sessions
	 * @param listeners who is told
	 * @param clock milliseconds since 1970
	 */
	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners, LongSupplier clock) {
		this.context = context;
		this.settings = settings;
		this.listeners = listeners;
		this.clock = clock;
	}

	/**
	 * Create a session and tell the listeners.
	 * @return a new session with an id of its own
	 * @throws IllegalStateException after {@link #stop}
	 */
	ServletSession create() {
		checkNotStopped();
		ServletSession session;
		do {
			session = new ServletSession(this, newId(), this.clock.getAsLong(), this.settings.timeoutSeconds());
		}
		while (this.sessions.putIfAbsent(session.getId(), session) != null);
		this.listeners.created(session);
		// stop() may have gone through the sessions just before this one was there.
		if (this.stopped) {
			session.end();
			checkNotStopped();
		}
		return session;
	}

	/**
	 * Find the session of a request and mark it as accessed; once per request.
	 * @param id what the client sent
	 * @return {@code null} where there is no such session or it is overdue, which ends it
	 */
	@Nullable ServletSession find(String id) {
		ServletSession session = this.sessions.get(id);
		if (session == null || !touch(session)) {
			return null;
		}
		session.join();
		return session;
	}

	/**
	 * Mark a session as accessed.
	 * @param session the session
	 * @return {@code false} where it has ended, or just did because it was overdue
	 */
	boolean touch(ServletSession session) {
		long now = this.clock.getAsLong();
		if (session.access(now)) {
			return true;
		}
		session.expire(now);
		return false;
	}

	/**
	 * The end of a request that found or created this session: its idle time begins.
	 * @param session the session, which may have ended
	 */
	void release(ServletSession session) {
		session.release(this.clock.getAsLong());
	}

	/**
	 * Give a session another id and tell the listeners; the old one is worth nothing
	 * afterwards. Against session fixation, when a user logs in.
	 * @param session the session
	 * @return the new id
	 * @throws IllegalStateException where the session has ended
	 */
	String changeId(ServletSession session) {
		String oldId;
		String newId;
		synchronized (session) {
			if (!session.isAlive()) {
				throw new IllegalStateException("The session was invalidated or has expired");
			}
			oldId = session.getId();
			do {
				newId = newId();
			}
			while (this.sessions.putIfAbsent(newId, session) != null);
			session.setId(newId);
			this.sessions.remove(oldId, session);
			// Whoever ends it meanwhile takes away the id it has; he waits for this
			// monitor.
		}
		this.listeners.idChanged(session, oldId);
		return newId;
	}

	/**
	 * Take a session away that is ending.
	 * @param session the session
	 */
	void remove(ServletSession session) {
		synchronized (session) {
			this.sessions.remove(session.getId(), session);
		}
	}

	/**
	 * How many sessions there are.
	 * @return a reading, the overdue ones included until the next sweep
	 */
	int size() {
		return this.sessions.size();
	}

	/**
	 * End all sessions that are overdue. The listeners run on the calling thread, so not
	 * on an event loop.
	 * @param now milliseconds since 1970
	 */
	void sweep(long now) {
		for (ServletSession session : this.sessions.values()) {
			session.expire(now);
		}
	}

	/**
	 * End all sessions, and create none any more.
	 */
	void stop() {
		this.stopped = true;
		for (ServletSession session : this.sessions.values()) {
			session.end();
		}
	}

	ServletContext context() {
		return this.context;
	}

	SessionListeners listeners() {
		return this.listeners;
	}

	private void checkNotStopped() {
		if (this.stopped) {
			throw new IllegalStateException("The application has stopped: no session can be created");
		}
	}

	private String newId() {
		byte[] bytes = new byte[ID_BYTES];
		this.random.nextBytes(bytes);
		return HEX.formatHex(bytes);
	}

}
