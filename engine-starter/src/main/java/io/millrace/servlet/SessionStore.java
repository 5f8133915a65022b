package io.millrace.servlet;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one application, in memory. A session that is overdue ends when it is
 * asked for, otherwise with the next sweep. For all threads.
 */
final class SessionStore {

	private static final Logger logger = LoggerFactory.getLogger(SessionStore.class);

	private final ServletContext context;

	private final SessionSettings settings;

	private final SessionListeners listeners;

	private final LongSupplier clock;

	private final SessionIds ids = new SessionIds();

	private final SessionSweeper sweeper;

	private final TlsSessions tls = new TlsSessions();

	private final int max;

	private final @Nullable SessionArchive archive;

	private final ConcurrentMap<String, ServletSession> sessions = new ConcurrentHashMap<>();

	private volatile boolean stopped = false;

	// A full store says so once, until there was room again.
	private volatile boolean full = false;

	/**
	 * Create an empty store.
	 * @param context the application
	 * @param settings the timeout of new sessions
	 * @param listeners who is told
	 * @param storage how many there may be, and where they are saved
	 */
	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners, SessionStorage storage) {
		this(context, settings, listeners, storage, System::currentTimeMillis);
	}

	/**
	 * Create an empty store with its own clock.
	 * @param context the application
	 * @param settings the timeout of new sessions
	 * @param listeners who is told
	 * @param storage how many there may be, and where they are saved
	 * @param clock milliseconds since 1970
	 */
	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners, SessionStorage storage,
			LongSupplier clock) {
		this.context = context;
		this.settings = settings;
		this.listeners = listeners;
		this.clock = clock;
		this.max = storage.maxSessions();
		this.archive = (storage.file() != null) ? new SessionArchive(new SessionFile(storage.file()),
				new AttributeSerializer(context.getClassLoader(), storage.classes())) : null;
		this.sweeper = new SessionSweeper(context.getClassLoader(), () -> sweep(clock.getAsLong()));
	}

	/** Restore what the application before this one has saved. */
	void start() {
		if (this.archive != null) {
			this.archive.restore(this);
		}
	}

	/**
	 * Create a session and tell the listeners. The caller uses it until {@link #release}.
	 * @return a new session with an id of its own
	 * @throws IllegalStateException after {@link #stop}
	 * @throws RequestRefusedException 503 where there are as many as there may be
	 */
	ServletSession create() {
		checkNotStopped();
		checkNotFull();
		this.sweeper.begin();
		ServletSession session;
		do {
			session = new ServletSession(this, this.ids.next(), this.clock.getAsLong(), this.settings.timeoutSeconds());
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
		return join(this.sessions.get(id));
	}

	/**
	 * Find the session of a TLS session, as {@link #find} does.
	 * @param tlsId the id of the TLS session
	 * @return {@code null} where there is no such session or it is overdue, which ends it
	 */
	@Nullable ServletSession findByTls(String tlsId) {
		return join(this.tls.get(tlsId));
	}

	private @Nullable ServletSession join(@Nullable ServletSession session) {
		if (session == null || !touch(session)) {
			return null;
		}
		session.join();
		return session;
	}

	/**
	 * Have a session found by {@link #findByTls}.
	 * @param tlsId the id of the TLS session
	 * @param session the session
	 */
	void bindToTls(String tlsId, ServletSession session) {
		this.tls.put(tlsId, session);
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
				newId = this.ids.next();
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
	 * Take back a session that was saved, unless its id is malformed.
	 * @param stored the session
	 * @param serializer reads its attributes
	 */
	void restore(StoredSession stored, AttributeSerializer serializer) {
		if (!SessionIds.isId(stored.id())) {
			return;
		}
		Map<String, Object> attributes = new HashMap<>();
		stored.attributes().forEach((name, bytes) -> {
			Object value = serializer.read(name, bytes);
			if (value != null) {
				attributes.put(name, value);
			}
		});
		ServletSession session = new ServletSession(this, stored, attributes);
		this.sessions.put(session.getId(), session);
		this.sweeper.begin();
		session.activate();
	}

	/**
	 * Whether there is no session at all.
	 * @return {@code true} means that no request can have one
	 */
	boolean isEmpty() {
		return this.sessions.isEmpty();
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
		this.tls.sweep();
	}

	/**
	 * Save all sessions where there is a place for them, otherwise end them, and create
	 * none any more.
	 */
	void stop() {
		this.stopped = true;
		this.sweeper.end();
		if (this.archive != null) {
			this.archive.save(this.sessions.values());
		}
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

	private void checkNotFull() {
		if (this.max < 0 || this.sessions.size() < this.max) {
			this.full = false;
			return;
		}
		if (!this.full) {
			this.full = true;
			logger.warn("There are {} sessions, as many as there may be: requests that need another one get 503",
					this.max);
		}
		throw new RequestRefusedException(503, "The server cannot keep more sessions at the moment");
	}

}
