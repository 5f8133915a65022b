package io.millrace.leaks;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;

/**
 * Keeps what every Netty leak detector of this JVM reports, whatever the log level, for
 * {@link LeakSessionListener} to read at the end.
 */
final class LeakRecorder extends ResourceLeakDetectorFactory {

	private static final LeakRecorder INSTANCE = new LeakRecorder();

	private final List<ResourceLeakDetector<?>> detectors = new CopyOnWriteArrayList<>();

	private final Set<String> leaks = ConcurrentHashMap.newKeySet();

	private LeakRecorder() {
	}

	/**
	 * Must run before the first Netty buffer class is loaded: each keeps its detector.
	 */
	static void install() {
		ResourceLeakDetector.setLevel(Level.PARANOID);
		ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(INSTANCE);
	}

	static boolean isInstalled() {
		return ResourceLeakDetectorFactory.instance() == INSTANCE && ResourceLeakDetector.getLevel() == Level.PARANOID;
	}

	/**
	 * Returns every leak reported so far, after giving the garbage collector what it
	 * needs to find the last ones.
	 */
	static Set<String> leaks() {
		for (int round = 0; round < 4; round++) {
			System.gc();
			pause();
			INSTANCE.detectors.forEach(LeakRecorder::poll);
		}
		return Set.copyOf(INSTANCE.leaks);
	}

	/** A detector looks at its reference queue only when it tracks the next object. */
	private static <T> void poll(ResourceLeakDetector<T> detector) {
		@SuppressWarnings("unchecked")
		T probe = (T) new Object();
		ResourceLeakTracker<T> tracker = detector.track(probe);
		if (tracker != null) {
			tracker.close(probe);
		}
	}

	private static void pause() {
		try {
			Thread.sleep(50);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	@SuppressWarnings({ "deprecation", "removal" })
	public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
			long maxActive) {
		return newResourceLeakDetector(resource, samplingInterval);
	}

	@Override
	public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
		ResourceLeakDetector<T> detector = new RecordingDetector<>(resource, samplingInterval);
		this.detectors.add(detector);
		return detector;
	}

	private final class RecordingDetector<T> extends ResourceLeakDetector<T> {

		RecordingDetector(Class<T> resource, int samplingInterval) {
			super(resource, samplingInterval);
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			LeakRecorder.this.leaks.add(resourceType + " was not released" + records);
			super.reportTracedLeak(resourceType, records);
		}

		@Override
		protected void reportUntracedLeak(String resourceType) {
			LeakRecorder.this.leaks.add(resourceType + " was not released; no record of its use");
			super.reportUntracedLeak(resourceType);
		}

	}

}
