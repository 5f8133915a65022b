package io.millrace.core.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.connection.ConnectionTimers.Kind;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ConnectionTimers}.
 */
class ConnectionTimersTests {

	private final AtomicInteger scheduled = new AtomicInteger();

	private final DefaultEventLoop loop = new DefaultEventLoop() {

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			ConnectionTimersTests.this.scheduled.incrementAndGet();
			return super.schedule(command, delay, unit);
		}

	};

	private final List<Kind> expired = Collections.synchronizedList(new ArrayList<>());

	private final ConnectionTimers timers = new ConnectionTimers(this.loop, this.expired::add, Runnable::run);

	private static final long LONG = TimeUnit.MINUTES.toNanos(5);

	private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(50);

	@AfterEach
	void stop() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	private void inLoop(Runnable task) throws Exception {
		this.loop.submit(task).get();
	}

	private void awaitExpired(Kind... kinds) {
		Awaitility.await().untilAsserted(() -> assertThat(this.expired).containsExactly(kinds));
	}

	@Test
	void aDeadlineThatPassesIsToldOnce() throws Exception {
		inLoop(() -> this.timers.arm(Kind.IDLE, SHORT));
		awaitExpired(Kind.IDLE);
		inLoop(() -> assertThat(this.timers.isArmed(Kind.IDLE)).isFalse());
	}

	@Test
	void aDeadlineThatIsPutOffCostsNoTask() throws Exception {
		inLoop(() -> {
			for (int i = 0; i < 1000; i++) {
				this.timers.arm(Kind.IDLE, LONG);
				this.timers.disarm(Kind.IDLE);
				this.timers.arm(Kind.HEADER, LONG);
			}
		});
		assertThat(this.scheduled).hasValue(1);
		inLoop(this.timers::stop);
	}

	@Test
	void aDeadlineThatWasSwitchedOffIsNotTold() throws Exception {
		inLoop(() -> {
			this.timers.arm(Kind.IDLE, SHORT);
			this.timers.disarm(Kind.IDLE);
			this.timers.arm(Kind.WRITE, 2 * SHORT);
		});
		awaitExpired(Kind.WRITE);
	}

	@Test
	void aNearerDeadlineIsNotMissedBehindAFartherOne() throws Exception {
		inLoop(() -> {
			this.timers.arm(Kind.IDLE, LONG);
			this.timers.arm(Kind.BODY, SHORT);
		});
		awaitExpired(Kind.BODY);
		inLoop(() -> assertThat(this.timers.isArmed(Kind.IDLE)).isTrue());
		inLoop(this.timers::stop);
	}

	@Test
	void zeroIsNever() throws Exception {
		inLoop(() -> {
			this.timers.arm(Kind.IDLE, SHORT);
			this.timers.arm(Kind.IDLE, 0);
			assertThat(this.timers.isArmed(Kind.IDLE)).isFalse();
			this.timers.arm(Kind.WRITE, 2 * SHORT);
		});
		awaitExpired(Kind.WRITE);
	}

	@Test
	void afterTheStopNothingIsArmed() throws Exception {
		inLoop(() -> {
			this.timers.arm(Kind.IDLE, SHORT);
			this.timers.stop();
			this.timers.arm(Kind.WRITE, SHORT);
			assertThat(this.timers.isArmed(Kind.WRITE)).isFalse();
		});
		assertThat(this.scheduled).hasValue(1);
		assertThat(this.expired).isEmpty();
	}

}
