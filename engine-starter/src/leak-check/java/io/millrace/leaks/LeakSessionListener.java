package io.millrace.leaks;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Installs the {@link LeakRecorder} before any test class, and so any Netty class, is
 * loaded; in the build and in an IDE alike.
 */
public final class LeakSessionListener implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		if (!LeakRecorder.isInstalled()) {
			LeakRecorder.install();
		}
	}

}
