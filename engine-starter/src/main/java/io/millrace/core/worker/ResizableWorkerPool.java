package io.millrace.core.worker;

/**
 * A pool that can be made larger and smaller while it runs. No task is lost by it, and
 * none is run twice.
 */
public interface ResizableWorkerPool extends WorkerPool {

	/**
	 * How many tasks may run at once.
	 * @return 1 or more
	 */
	int maxRunning();

	/**
	 * How many tasks may wait besides, as far as they do not wait for too long.
	 * @return 1 or more
	 */
	int queueCapacity();

	/**
	 * Let more or fewer tasks run and wait. Where more may run than before, so many of
	 * those that wait are begun at once; where fewer may, those that run go on, and are
	 * not followed by others until there are few enough. What waits goes on waiting, also
	 * where it is more than may: only what comes is refused then. Any thread may call;
	 * what is called at the same time happens one after the other.
	 * @param maxRunning how many tasks may run at once, 1 or more
	 * @param queueCapacity how many may wait besides, 1 to 1,000,000
	 * @throws IllegalArgumentException where one of them is out of range, or there is no
	 * room for so many; nothing has changed then
	 */
	void resize(int maxRunning, int queueCapacity);

}
