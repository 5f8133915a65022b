package io.millrace.core.http1;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.DefaultEventLoop;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Loan}.
 */
class LoanTests {

	private final DefaultEventLoop loop = new DefaultEventLoop();

	private final Loan loan = new Loan(this.loop);

	private final List<String> done = new ArrayList<>();

	@AfterEach
	void stop() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	private void inLoop(Runnable task) throws Exception {
		this.loop.submit(task).get();
	}

	private Runnable note(String event) {
		return () -> this.done.add(event);
	}

	@Test
	void whatIsNotLentCannotBeClaimed() throws Exception {
		assertThat(this.loan.claim()).isFalse();
		inLoop(this.loan::lend);
		inLoop(() -> assertThat(this.loan.recall()).isTrue());
		assertThat(this.loan.claim()).isFalse();
	}

	@Test
	void whatWasGivenBackIsTheLoopsAgain() throws Exception {
		inLoop(this.loan::lend);
		assertThat(this.loan.claim()).isTrue();
		assertThat(this.loan.claim()).isFalse();
		this.loan.giveBack();
		inLoop(() -> {
			assertThat(this.loan.isHere()).isTrue();
			this.loan.whenBack(note("at once"));
			assertThat(this.done).containsExactly("at once");
		});
	}

	@Test
	void whatHappensMeanwhileWaitsBehindWhatTheWorkerLeaves() throws Exception {
		inLoop(this.loan::lend);
		assertThat(this.loan.claim()).isTrue();
		inLoop(() -> {
			this.loan.whenBack(note("first"));
			this.loan.whenBack(note("second"));
			assertThat(this.done).isEmpty();
		});
		this.loan.giveBack(note("left"));
		inLoop(() -> this.loan.whenBack(note("third")));
		inLoop(() -> assertThat(this.done).containsExactly("left", "first", "second", "third"));
	}

	@Test
	void whatLendsAgainLetsTheRestWaitAgain() throws Exception {
		inLoop(this.loan::lend);
		assertThat(this.loan.claim()).isTrue();
		inLoop(() -> {
			this.loan.whenBack(() -> {
				this.done.add("first");
				this.loan.lend();
				assertThat(this.loan.claim()).isTrue();
			});
			this.loan.whenBack(note("second"));
		});
		this.loan.giveBack();
		inLoop(() -> assertThat(this.done).containsExactly("first"));
		inLoop(() -> this.loan.whenBack(note("third")));
		this.loan.giveBack();
		inLoop(() -> assertThat(this.done).containsExactly("first", "second", "third"));
	}

	@Test
	void aSocketIsNotClosedBeforeTheWorkerHasGivenItsConnectionBack() throws Exception {
		inLoop(this.loan::lend);
		assertThat(this.loan.claim()).isTrue();
		CountDownLatch started = new CountDownLatch(1);
		AtomicInteger closed = new AtomicInteger();
		Thread[] closer = new Thread[1];
		Future<?> closing = this.loop.submit(() -> {
			closer[0] = Thread.currentThread();
			started.countDown();
			this.loan.awaitReturn();
			closed.incrementAndGet();
		});
		started.await();
		Awaitility.await().until(() -> closer[0].getState() == Thread.State.WAITING);
		assertThat(closed).hasValue(0);
		this.loan.giveBack();
		closing.get(10, TimeUnit.SECONDS);
		assertThat(closed).hasValue(1);
	}

	@Test
	void thereIsOneOwnerAtATimeAndNothingIsForgotten() throws Exception {
		int rounds = 200_000;
		// Plain: only an owner may touch it.
		long[] turns = new long[2];
		AtomicInteger claimed = new AtomicInteger();
		AtomicInteger events = new AtomicInteger();
		ExecutorService workers = Executors.newFixedThreadPool(2);
		CountDownLatch ended = new CountDownLatch(2);
		for (int i = 0; i < 2; i++) {
			workers.execute(() -> {
				while (ended.getCount() > 0 && !Thread.currentThread().isInterrupted()) {
					if (this.loan.claim()) {
						turns[0]++;
						claimed.incrementAndGet();
						if (ThreadLocalRandom.current().nextInt(4) == 0) {
							this.loan.giveBack(() -> turns[1]++);
						}
						else {
							this.loan.giveBack();
						}
					}
				}
			});
		}
		for (int i = 0; i < rounds; i++) {
			this.loop.execute(() -> this.loan.whenBack(() -> {
				turns[0]++;
				events.incrementAndGet();
				this.loan.lend();
			}));
		}
		Awaitility.await().untilAtomic(events, org.hamcrest.Matchers.equalTo(rounds));
		workers.shutdownNow();
		assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		inLoop(() -> {
		});
		inLoop(() -> this.loan.whenBack(() -> {
			assertThat(turns[0]).isEqualTo((long) rounds + claimed.get());
			assertThat(claimed).hasPositiveValue();
		}));
	}

}
