package io.millrace.servlet;

import java.io.IOException;
import java.util.Collection;
import java.util.Objects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the sessions of an application that stops, and gives them back to the next one
 * (Servlet 6.1 §7.7.2: attributes are told before and after). One thread at a time.
 */
final class SessionArchive {

	private static final Logger logger = LoggerFactory.getLogger(SessionArchive.class);

	private final SessionFile file;

	private final AttributeSerializer serializer;

	SessionArchive(SessionFile file, AttributeSerializer serializer) {
		this.file = file;
		this.serializer = serializer;
	}

	/**
	 * Save sessions; they have ended then, but nobody is told so. Those that cannot be
	 * saved are left as they are.
	 * @param sessions the sessions, which no request uses any more
	 */
	void save(Collection<ServletSession> sessions) {
		if (sessions.isEmpty()) {
			return;
		}
		try {
			this.file.write(sessions.stream()
				.map((session) -> session.passivate(this.serializer))
				.filter(Objects::nonNull)
				.iterator());
		}
		catch (IOException ex) {
			logger.error("The sessions cannot be saved and are lost", ex);
		}
	}

	/**
	 * Restore what was saved.
	 * @param store takes the sessions
	 */
	void restore(SessionStore store) {
		this.file.read((stored) -> store.restore(stored, this.serializer));
	}

}
