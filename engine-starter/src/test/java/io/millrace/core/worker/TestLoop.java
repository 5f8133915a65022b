package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A loop without sockets: runs tasks and gives way, as an event loop does.
 */
final class TestLoop implements CarryingLoop, AutoCloseable {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger spare = new AtomicInteger(4);

	private final LoopCarrier carrier = new LoopCarrier("millrace-loop-test", this::run, this::wake,
			(task) -> new Thread(task, "millrace-loop-test"), this.spare);

	private volatile boolean waits;

	private volatile boolean closed;

	TestLoop() {
		this.carrier.start();
	}

	private void run() {
		while (!this.closed) {
			Runnable task;
			while ((task = this.tasks.poll()) != null) {
				task.run();
			}
			if (this.carrier.isWanted()) {
				Thread.yield();
			}
			else {
				sleep();
			}
		}
	}

	private void sleep() {
		this.waits = true;
		if (!this.carrier.isWanted() && this.tasks.isEmpty() && !this.closed) {
			LockSupport.park(this);
		}
		this.waits = false;
	}

	private void wake() {
		Thread loop = this.carrier.loop();
		if (this.waits && loop != null) {
			LockSupport.unpark(loop);
		}
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		wake();
	}

	@Override
	public LoopCarrier carrier() {
		return this.carrier;
	}

	int spare() {
		return this.spare.get();
	}

	/** A task that belongs to this loop. */
	Work work(Runnable task) {
		return new Work() {

			@Override
			public void run() {
				task.run();
			}

			@Override
			public @Nullable TestLoop loop() {
				return TestLoop.this;
			}

			@Override
			public Priority priority() {
				return (task instanceof Work work) ? work.priority() : Priority.NORMAL;
			}

			@Override
			public boolean isPointless() {
				return task instanceof Work work && work.isPointless();
			}

			@Override
			public void displaced() {
				((Work) task).displaced();
			}

		};
	}

	/** A pool whose tasks all belong to one of these loops, in turns. */
	static WorkerPool bind(WorkerPool pool, TestLoop... loops) {
		AtomicInteger turn = new AtomicInteger();
		ResizableWorkerPool resizable = (ResizableWorkerPool) pool;
		return new ResizableWorkerPool() {

			private TestLoop next() {
				return loops[Math.floorMod(turn.getAndIncrement(), loops.length)];
			}

			@Override
			public boolean tryExecute(Runnable task) {
				return pool.tryExecute(next().work(task));
			}

			@Override
			public boolean tryExecuteNow(Runnable task) {
				return pool.tryExecuteNow(next().work(task));
			}

			@Override
			public void resume(Runnable task) {
				pool.resume(task, next());
			}

			@Override
			public int maxRunning() {
				return resizable.maxRunning();
			}

			@Override
			public int queueCapacity() {
				return resizable.queueCapacity();
			}

			@Override
			public void resize(int maxRunning, int queueCapacity) {
				resizable.resize(maxRunning, queueCapacity);
			}

			@Override
			public void sweep() {
				pool.sweep();
			}

			@Override
			public WorkerSnapshot snapshot() {
				return pool.snapshot();
			}

			@Override
			public void stop(Duration patience) {
				pool.stop(patience);
			}

		};
	}

	@Override
	public void close() {
		this.closed = true;
		Thread loop = this.carrier.loop();
		if (loop != null) {
			LockSupport.unpark(loop);
		}
		try {
			this.carrier.join(Duration.ofSeconds(20));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
