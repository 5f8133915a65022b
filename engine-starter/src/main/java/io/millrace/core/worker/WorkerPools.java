package io.millrace.core.worker;

/**
 * Makes the pool that the options ask for.
 */
public final class WorkerPools {

	private WorkerPools() {
	}

	/**
	 * Make a pool; threads are started when there is work.
	 * @param options the options
	 * @return the pool, to be stopped by the caller
	 * @throws VirtualThreadsUnavailableException where {@link WorkerMode#VIRTUAL} is
	 * asked for and this JDK has no virtual threads
	 * @throws LoopUnavailableException where {@link WorkerMode#LOOP} is asked for and
	 * something that it needs is missing
	 */
	public static WorkerPool create(WorkerOptions options) {
		return switch (options.mode()) {
			case POOL -> new PlatformWorkerPool(options);
			case VIRTUAL -> new VirtualWorkerPool(options);
			case LOOP -> new LoopWorkerPool(options);
			case INLINE -> new InlineWorkerPool();
		};
	}

}
