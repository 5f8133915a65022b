package io.millrace.core.http;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerPool;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An exchange on its way through a {@link Lane}. Where the lane has a {@link Bulkhead},
 * its permit is returned once, when the handler has returned and the response has ended,
 * whichever is later.
 */
final class LaneWork extends ExchangeWork {

	private final Lane lane;

	// What the permit waits for: the handler and the response.
	private @Nullable AtomicInteger open;

	LaneWork(Dispatcher dispatcher, Exchange exchange, ExchangeHandler handler, long latestStart, Lane lane) {
		super(dispatcher, exchange, handler, latestStart);
		this.lane = lane;
	}

	@Override
	public Priority priority() {
		return this.lane.priority();
	}

	@Override
	public void offeredTo(WorkerPool pool) {
		ExchangeObservation observation = exchange().observation();
		if (observation != null) {
			observation.movedTo(pool.mode());
		}
	}

	/**
	 * Go on with a permit of the bulkhead, which is returned in any case.
	 * @return {@code false} where nobody takes it; the permit is returned already
	 */
	boolean startWithPermit() {
		this.open = new AtomicInteger(2);
		boolean started = false;
		try {
			started = this.lane.start(this);
		}
		finally {
			if (!started) {
				returnPermit(2);
			}
		}
		if (started) {
			// Also where the client has gone while the handler goes on.
			exchange().onEnd((outcome) -> returnPermit(1));
		}
		return started;
	}

	/** Go on with a permit that has become free, as a task of its own. */
	void startLater() {
		try {
			exchange().stream().executor().execute(() -> {
				if (!startWithPermit()) {
					dispatcher().refuse(exchange(), Refusal.ROUTE);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// All connections of the loop have ended.
			this.open = new AtomicInteger(1);
			returnPermit(1);
		}
	}

	/**
	 * Be run by a worker.
	 * @param workers the pool
	 * @return {@code false} where nobody takes it
	 */
	boolean runBy(WorkerPool workers) {
		EventExecutor loop = exchange().stream().executor();
		return loop.inEventLoop() ? workers.tryExecute(this, loop) : workers.tryExecute(this);
	}

	/**
	 * Be run by the event loop of the connection, which may not be the calling thread.
	 */
	void runInLoop() {
		EventExecutor loop = exchange().stream().executor();
		if (loop.inEventLoop()) {
			run();
			return;
		}
		try {
			loop.execute(this);
		}
		catch (RejectedExecutionException ex) {
			// All connections of the loop have ended.
			returnPermit(1);
		}
	}

	@Override
	public void run() {
		try {
			super.run();
		}
		finally {
			returnPermit(1);
		}
	}

	@Override
	public void displaced() {
		super.displaced();
		returnPermit(1);
	}

	private void returnPermit(int parts) {
		AtomicInteger left = this.open;
		Bulkhead bulkhead = this.lane.bulkhead();
		if (left != null && bulkhead != null && left.addAndGet(-parts) == 0) {
			bulkhead.release();
		}
	}

}
