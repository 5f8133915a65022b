package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.StackSnapshot;
import io.millrace.core.observe.StuckKind;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of virtual threads that block where they cannot leave their carrier, which keeps
 * others from running: each is counted, and each stack logged once. The JDK tells by an
 * event of its flight recorder, once a second and only of those that took long enough;
 * what is not pinned costs nothing. Everything happens in a thread of its own.
 */
public final class PinningWatch {

	private static final Logger logger = LoggerFactory.getLogger(PinningWatch.class);

	private static final String EVENT = "jdk.VirtualThreadPinned";

	// An application that pins in more places knows enough.
	private static final int MAX_STACKS = 100;

	private final Duration threshold;

	private final EngineObserver observer;

	// Owned by the thread.
	private final Set<List<StackTraceElement>> told = new HashSet<>();

	// These are guarded by this.
	private @Nullable AutoCloseable stream;

	private boolean stopped;

	private boolean started;

	/**
	 * Create a watch; it does nothing before {@link #start()}.
	 * @param threshold how long a virtual thread may be pinned, more than 0
	 * @param observer is told of it
	 */
	public PinningWatch(Duration threshold, EngineObserver observer) {
		this.threshold = threshold;
		this.observer = observer;
	}

	/** Start the thread, unless it runs already. */
	public synchronized void start() {
		if (!this.started) {
			this.started = true;
			Thread thread = new Thread(null, this::run, "millrace-pinning", 0, false);
			thread.setDaemon(true);
			thread.start();
		}
	}

	/** End the thread, for good. */
	public void stop() {
		AutoCloseable open;
		synchronized (this) {
			this.stopped = true;
			open = this.stream;
		}
		if (open != null) {
			close(open);
		}
	}

	private static void close(AutoCloseable stream) {
		try {
			stream.close();
		}
		catch (Exception ex) {
			logger.debug("The stream of the flight recorder did not close", ex);
		}
	}

	// A runtime image may lack the module, a system may have no place for its files.
	private void run() {
		try {
			listen();
		}
		catch (Exception | LinkageError ex) {
			logger.info("Virtual threads that are pinned cannot be told of, since the flight recorder of this JDK does "
					+ "not work here ({}). Set millrace.watch.pinned=0 if it is not meant to", ex.toString());
		}
	}

	private void listen() {
		try (RecordingStream events = new RecordingStream()) {
			events.setMaxAge(Duration.ofSeconds(10));
			events.enable(EVENT).withThreshold(this.threshold).withStackTrace();
			events.onEvent(EVENT, this::pinned);
			synchronized (this) {
				if (this.stopped) {
					return;
				}
				this.stream = events;
			}
			events.start();
		}
	}

	private void pinned(RecordedEvent event) {
		this.observer.stuck(StuckKind.PINNED.id());
		List<StackTraceElement> stack = stack(event.getStackTrace());
		if (this.told.size() < MAX_STACKS && this.told.add(stack)) {
			String thread = (event.getThread() != null) ? event.getThread().getJavaName() : "A virtual thread";
			logger.warn(
					"{} blocked for {} ms where it could not leave its carrier{}: no other virtual thread could run "
							+ "there. This stack is not told of again",
					thread, event.getDuration().toMillis(), reason(event), StackSnapshot.of(thread, stack));
		}
	}

	// Since JDK 24.
	private static String reason(RecordedEvent event) {
		String reason = event.hasField("pinnedReason") ? event.getString("pinnedReason") : null;
		return (reason != null) ? " (" + reason + ")" : "";
	}

	private static List<StackTraceElement> stack(@Nullable RecordedStackTrace trace) {
		List<StackTraceElement> stack = new ArrayList<>();
		if (trace != null) {
			for (RecordedFrame frame : trace.getFrames()) {
				stack.add(new StackTraceElement(frame.getMethod().getType().getName(), frame.getMethod().getName(),
						null, frame.getLineNumber()));
			}
		}
		return stack;
	}

}
