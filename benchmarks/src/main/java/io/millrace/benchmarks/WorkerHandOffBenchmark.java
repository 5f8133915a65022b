package io.millrace.benchmarks;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerPools;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing 64 tiny tasks, as an event loop does after one poll, to the worker pools and to
 * a plain executor of the same size: one by one, as any thread does, and in a turn of an
 * event loop, which calls workers for 16 tasks at a time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WorkerHandOffBenchmark {

	private static final int TASKS = 64;

	private WorkerPool pool;

	private WorkerPool virtual;

	private EventLoop loop;

	private ThreadPoolExecutor executor;

	/** Start the threads. */
	@Setup
	public void start() {
		this.pool = WorkerPools.create(new WorkerOptions(WorkerMode.POOL, 200, 10, Duration.ofSeconds(60), 1, 16_384));
		this.virtual = WorkerPools
			.create(new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, Duration.ofSeconds(60), 10_000, 16_384));
		this.loop = new DefaultEventLoop();
		this.executor = new ThreadPoolExecutor(200, 200, 60, TimeUnit.SECONDS, new ArrayBlockingQueue<>(16_384));
	}

	/** Stop the threads. */
	@TearDown
	public void stop() {
		this.loop.shutdownGracefully();
		this.pool.stop(Duration.ofSeconds(1));
		this.virtual.stop(Duration.ofSeconds(1));
		this.executor.shutdownNow();
	}

	/**
	 * Our pool of platform threads, one by one.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void workerPool() throws InterruptedException {
		oneByOne(this.pool);
	}

	/**
	 * Our pool of virtual threads, one by one.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void virtualPool() throws InterruptedException {
		oneByOne(this.virtual);
	}

	/**
	 * Our pool of platform threads, in a turn of an event loop.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void workerPoolTurn() throws InterruptedException {
		turn(this.pool);
	}

	/**
	 * Our pool of virtual threads, in a turn of an event loop.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void virtualPoolTurn() throws InterruptedException {
		turn(this.virtual);
	}

	private static void oneByOne(WorkerPool pool) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(TASKS);
		for (int i = 0; i < TASKS; i++) {
			pool.tryExecute(done::countDown);
		}
		done.await();
	}

	private void turn(WorkerPool pool) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(TASKS);
		this.loop.execute(() -> {
			for (int i = 0; i < TASKS; i++) {
				pool.tryExecute(done::countDown, this.loop);
			}
		});
		done.await();
	}

	/**
	 * The JDK's.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void threadPoolExecutor() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(TASKS);
		for (int i = 0; i < TASKS; i++) {
			this.executor.execute(done::countDown);
		}
		done.await();
	}

}
