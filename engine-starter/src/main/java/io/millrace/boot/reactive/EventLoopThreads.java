package io.millrace.boot.reactive;

import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.scheduler.Schedulers;

/**
 * Tells Reactor which threads are event loops: {@code block()} on one of them would stop
 * all of its connections, and wait for ever if one of those brings the answer. Reactor
 * refuses it on its own threads only.
 */
public final class EventLoopThreads {

	private static final String NAME = "millrace-loop";

	private static final AtomicBoolean told = new AtomicBoolean();

	private EventLoopThreads() {
	}

	/**
	 * Have Reactor refuse to block event loops. May be called often.
	 */
	public static void markNonBlocking() {
		if (told.compareAndSet(false, true)) {
			Schedulers.registerNonBlockingThreadPredicate((thread) -> thread.getName().startsWith(NAME));
		}
	}

}
