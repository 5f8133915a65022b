package io.millrace.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.core.http.BulkheadSnapshot;
import io.millrace.core.http.CompressionOptions;
import io.millrace.core.http.DecompressionOptions;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.HttpServices;
import io.millrace.core.http.Lanes;
import io.millrace.core.http.RequestDecompression;
import io.millrace.core.http.ResponseCompression;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.http.Routes;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.EventLoops;
import io.millrace.core.transport.LoopWatch;
import io.millrace.core.worker.CarrierWatch;
import io.millrace.core.worker.PinningWatch;
import io.millrace.core.worker.PoolKeeper;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerPools;
import io.millrace.core.worker.WorkerSet;
import org.jspecify.annotations.Nullable;

/**
 * What runs requests, and who looks after it: made when the engine starts for the first
 * time, as only then it is known how the application wants its routes to be run.
 */
final class Dispatching {

	// The keeper looks ten times as often: so soon it is seen that too many threads run.
	private static final Duration OVERLOAD_PERIOD = Duration.ofMillis(400);

	private final WorkerSet workers;

	private final PoolKeeper keeper;

	private final @Nullable PinningWatch pinningWatch;

	private final Adjustables adjustables;

	private final EngineObservers observers;

	private final Lanes lanes;

	private final LoopWatch loopWatch;

	private final Dispatcher dispatcher;

	/**
	 * Make it; threads are started with the first work.
	 * @param config the complete configuration
	 * @param application who answers requests
	 * @param loops the event loops
	 * @param observer is told what happens
	 * @throws io.millrace.core.worker.VirtualThreadsUnavailableException where virtual
	 * threads are asked for and this JDK has none
	 */
	Dispatching(EngineConfig config, ExchangeHandler application, EventLoops loops, EngineObservers observer) {
		this.observers = observer;
		this.loopWatch = new LoopWatch(loops, config.watch(), observer);
		this.workers = new WorkerSet(config.worker(), workerPool(config), modes(config.policies()));
		this.lanes = Lanes.of(config.policies(), this.workers, application.mayBlock());
		Duration maxWait = config.worker().queue().maxWait();
		CarrierWatch carrierWatch = new CarrierWatch(loops.carriers(), config.watch(), observer);
		this.keeper = new PoolKeeper(
				List.of(this.workers::sweep, this.lanes::sweep, this.workers.watch(config.watch(), observer),
						this.loopWatch::look, carrierWatch::look),
				// Overload has to be seen long before what comes has waited too long.
				List.of(maxWait.dividedBy(4), OVERLOAD_PERIOD, config.watch().precision(),
						loops.carriers().isEmpty() ? Duration.ZERO : CarrierWatch.PRECISION));
		this.pinningWatch = isWorkerUsed(config, application) ? this.workers.pinningWatch(config.watch(), observer)
				: null;
		this.adjustables = new Adjustables(this.workers.standard(), isStandardUsed(config, application),
				config.admission());
		HttpServices shared = new HttpServices(config.origins(), this.workers.standard(), new ErrorResponder(),
				config.rateLimiter(), observer, compression(config, application), decompression(config));
		this.dispatcher = new Dispatcher(new Routes(config.routes()), application, shared, this.lanes,
				config.admission(), config.dispatch().withMaxWait(maxWait), observer);
	}

	private static @Nullable ResponseCompression compression(EngineConfig config, ExchangeHandler application) {
		CompressionOptions options = config.compression();
		return (options != null) ? new ResponseCompression(options, application.mayBlock()) : null;
	}

	private static @Nullable RequestDecompression decompression(EngineConfig config) {
		DecompressionOptions options = config.decompression();
		return (options != null) ? new RequestDecompression(options) : null;
	}

	// The handlers of a reactive application run on the loops unless a route says
	// otherwise.
	private static boolean isWorkerUsed(EngineConfig config, ExchangeHandler application) {
		return application.mayBlock() || !modes(config.policies()).isEmpty();
	}

	private static boolean isStandardUsed(EngineConfig config, ExchangeHandler application) {
		boolean threads = config.workerPool() != null || config.worker().mode() != WorkerMode.INLINE;
		return threads && (application.mayBlock() || modes(config.policies()).contains(config.worker().mode()));
	}

	private static WorkerPool workerPool(EngineConfig config) {
		WorkerPool own = config.workerPool();
		return (own != null) ? own : WorkerPools.create(config.worker());
	}

	private static Set<WorkerMode> modes(List<RoutePolicy> policies) {
		return policies.stream().map(RoutePolicy::mode).filter(Objects::nonNull).collect(Collectors.toSet());
	}

	/** Start the threads of the event loops. */
	void startLoops() {
		this.loopWatch.start();
	}

	/** Start to look after everything. */
	void start() {
		this.keeper.start();
		if (this.pinningWatch != null) {
			this.pinningWatch.start();
		}
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	/** What can be changed while requests are run. */
	Adjustables adjustables() {
		return this.adjustables;
	}

	EngineObservers observers() {
		return this.observers;
	}

	WorkerSet workers() {
		return this.workers;
	}

	/**
	 * What the event loops are doing.
	 * @return one reading of each
	 */
	List<EngineSnapshot.EventLoop> eventLoops() {
		return this.loopWatch.read();
	}

	/**
	 * What the bulkheads of routes are doing.
	 * @return one reading of each
	 */
	List<BulkheadSnapshot> bulkheads() {
		return this.lanes.bulkheads();
	}

	/**
	 * End the workers.
	 * @param patience after which time those that are busy are interrupted
	 */
	void stopWorkers(Duration patience) {
		this.workers.stop(patience);
	}

	/**
	 * Look after nothing any more; loops that carry are relieved until they have ended.
	 */
	void stopWatching() {
		this.keeper.stop();
		if (this.pinningWatch != null) {
			this.pinningWatch.stop();
		}
	}

}
