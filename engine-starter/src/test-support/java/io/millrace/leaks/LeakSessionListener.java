package io.millrace.leaks;

import java.util.Set;

import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the run when a Netty resource was garbage collected without having been released,
 * in the build and in an IDE alike. Installs the {@link LeakRecorder} before any test
 * class, and so any Netty class, is loaded. What is in the store of the session is closed
 * after the last test of the JVM, however the tests were distributed among JVMs, and an
 * exception thrown there fails the build, which one thrown by a listener does not.
 */
public final class LeakSessionListener implements LauncherSessionListener {

	private static final Namespace NAMESPACE = Namespace.create(LeakSessionListener.class);

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		if (!LeakRecorder.isInstalled()) {
			LeakRecorder.install();
		}
		session.getStore().computeIfAbsent(NAMESPACE, AtEnd.class, (key) -> new AtEnd());
	}

	private static final class AtEnd implements AutoCloseable {

		@Override
		public void close() {
			if (!LeakRecorder.isInstalled()) {
				throw new AssertionError("The leak recorder is not installed: no leak would have been seen");
			}
			Set<String> leaks = LeakRecorder.leaks();
			if (!leaks.isEmpty()) {
				throw new AssertionError(leaks.size() + " leak(s):\n" + String.join("\n", leaks));
			}
		}

	}

}
