package io.millrace.leaks;

import java.util.Set;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails the run when a Netty resource was garbage collected without having been released.
 * Registered for every test class; what it stores in the root context is closed after the
 * last one, and an exception thrown there fails the build, which one thrown by a launcher
 * listener does not.
 */
public final class LeakCheck implements BeforeAllCallback {

	private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

	@Override
	public void beforeAll(ExtensionContext context) {
		context.getRoot().getStore(NAMESPACE).computeIfAbsent(AtEnd.class, (key) -> new AtEnd());
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
