package io.millrace.core.transport;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.worker.CarryingLoop;
import io.millrace.core.worker.LoopCarrier;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that is a virtual thread, and gives way to the handlers of its
 * connections between two looks at its sockets: what has been read goes to them in one
 * go, and what they have written leaves in one go.
 */
final class CarryingEventLoop extends ManualIoEventLoop implements CarryingLoop {

	// Tasks are run until there are none.
	private static final long NO_LIMIT = 0;

	private final LoopPoll poll;

	// Null while the super constructor makes what polls.
	private final @Nullable LoopCarrier carrier;

	/**
	 * Create a loop; its thread starts with the first work.
	 * @param parent the group
	 * @param poll what polls its sockets, for this loop alone
	 * @param threads makes its threads
	 * @param spare see {@link LoopCarrier}
	 */
	CarryingEventLoop(IoEventLoopGroup parent, LoopPoll poll, LoopThreads threads, AtomicInteger spare) {
		super(parent, null, poll);
		this.poll = poll;
		String name = threads.nextName();
		LoopCarrier made = new LoopCarrier(name, () -> FastThreadLocalThread.runWithFastThreadLocal(this::runAll),
				poll::wakeup, (carrier) -> threads.newCarrier(carrier, name),
				poll.isChangingThreadSupported() ? spare : null);
		this.carrier = made;
		setOwningThread(Objects.requireNonNull(made.loop()));
		poll.startWith(made::start);
	}

	@Override
	public LoopCarrier carrier() {
		return Objects.requireNonNull(this.carrier);
	}

	// Asked once more when everybody can see that the loop is going to wait.
	@Override
	protected boolean canBlock() {
		return !carrier().isWanted();
	}

	private void runAll() {
		while (!isShuttingDown()) {
			if (carrier().isWanted()) {
				runNow(NO_LIMIT);
				giveWay();
			}
			else {
				this.poll.sleep();
				run(0, NO_LIMIT);
				this.poll.awake();
			}
			if (carrier().isWanted()) {
				giveWay();
			}
		}
		while (!isTerminated()) {
			runNow(NO_LIMIT);
			yieldNow();
		}
	}

	// What handlers have written is sent right after.
	private void giveWay() {
		yieldNow();
		runNonBlockingTasks(NO_LIMIT);
	}

	private static void yieldNow() {
		try {
			Thread.yield();
		}
		catch (OutOfMemoryError ex) {
			// No room to put the stack of the loop aside: it goes on, and tries again.
		}
	}

}
