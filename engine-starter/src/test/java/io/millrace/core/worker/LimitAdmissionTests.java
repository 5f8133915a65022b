package io.millrace.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link LimitAdmission}.
 */
class LimitAdmissionTests {

	private final Settable limit = new Settable();

	private static Admission.Permit acquire(Admission admission) {
		return Objects.requireNonNull(admission.tryAcquire(Priority.NORMAL));
	}

	@Test
	void asManyAreAdmittedAsTheLimitSays() {
		Admission admission = Admission.fixed(2);
		Admission.Permit first = acquire(admission);
		assertThat(admission.isFull()).isFalse();
		acquire(admission);
		assertThat(admission.isFull()).isTrue();
		assertThat(admission.tryAcquire(Priority.NORMAL)).isNull();
		assertThat(admission.snapshot()).isEqualTo(new AdmissionSnapshot(2, 2));
		first.dropped();
		assertThat(admission.isFull()).isFalse();
		acquire(admission).ignored();
		acquire(admission).succeeded();
		acquire(admission);
		assertThat(admission.tryAcquire(Priority.NORMAL)).isNull();
		assertThat(admission).hasToString("fixed (2)");
	}

	@Test
	void aTenthIsNotForWhatIsLessUrgent() {
		Admission admission = Admission.fixed(20);
		for (int i = 0; i < 18; i++) {
			assertThat(admission.tryAcquire(Priority.LOW)).isNotNull();
		}
		assertThat(admission.tryAcquire(Priority.LOW)).isNull();
		acquire(admission);
		acquire(admission);
		assertThat(admission.tryAcquire(Priority.NORMAL)).isNull();
	}

	@Test
	void whatIsLessUrgentIsNotShutOutByASmallLimit() {
		for (int small = 1; small < 10; small++) {
			Admission admission = Admission.fixed(small);
			for (int i = 0; i < Math.max(1, small - 1); i++) {
				assertThat(admission.tryAcquire(Priority.LOW)).isNotNull();
			}
			assertThat(admission.tryAcquire(Priority.LOW)).isNull();
		}
	}

	@Test
	void whatIsServedOrDroppedIsMeasuredAndWhatIsIgnoredIsNot() {
		Admission admission = Admission.adaptive(this.limit);
		Admission.Permit first = acquire(admission);
		Admission.Permit second = acquire(admission);
		Admission.Permit third = acquire(admission);
		second.succeeded();
		third.ignored();
		first.dropped();
		assertThat(this.limit.samples).containsExactly("2 of them, served", "1 of them, dropped");
	}

	@Test
	void aLimitThatFallsBelowWhatIsInFlightLetsThatEnd() {
		Admission admission = Admission.adaptive(this.limit);
		List<Admission.Permit> held = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			held.add(acquire(admission));
		}
		this.limit.limit = 3;
		assertThat(admission.isFull()).isTrue();
		assertThat(admission.snapshot()).isEqualTo(new AdmissionSnapshot(3, 10));
		held.subList(0, 7).forEach(Admission.Permit::succeeded);
		assertThat(admission.tryAcquire(Priority.NORMAL)).isNull();
		held.get(7).succeeded();
		acquire(admission);
	}

	@Test
	void aFixedLimitCanBeChangedWhileRequestsAreInFlight() {
		Admission admission = Admission.fixed(2);
		AdjustableLimit limit = Objects.requireNonNull(admission.adjustable());
		Admission.Permit first = acquire(admission);
		acquire(admission);
		limit.adjust(3, 3, 3);
		acquire(admission);
		assertThat(admission.isFull()).isTrue();
		limit.adjust(1, 1, 1);
		assertThat(admission.snapshot()).isEqualTo(new AdmissionSnapshot(1, 3));
		first.succeeded();
		assertThat(admission.tryAcquire(Priority.NORMAL)).isNull();
		assertThat(admission).hasToString("fixed (1)");
		assertThatIllegalArgumentException().isThrownBy(() -> limit.adjust(0, 0, 0))
			.withMessage("limit has to be 1 or more, and is 0");
		assertThat(limit.limit()).isOne();
	}

	@Test
	void aLimitThatDoesNotSaySoCannotBeChanged() {
		assertThat(Admission.adaptive(this.limit).adjustable()).isNull();
	}

	@Test
	void noMoreThanTheLimitAreAdmittedWhoeverAsksAtOnce() throws Exception {
		Admission admission = Admission.fixed(3);
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Thread thread = new Thread(() -> {
				for (int round = 0; round < 20_000; round++) {
					Admission.Permit permit = admission.tryAcquire(Priority.NORMAL);
					if (permit != null) {
						most.accumulateAndGet(now.incrementAndGet(), Math::max);
						now.decrementAndGet();
						permit.succeeded();
					}
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(most).hasValueBetween(1, 3);
		assertThat(admission.snapshot().inFlight()).isZero();
	}

	@Test
	void aLimitOfNothingIsNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> Admission.fixed(0))
			.withMessage("limit has to be 1 or more, and is 0");
	}

	private static final class Settable implements ConcurrencyLimit {

		private final List<String> samples = new ArrayList<>();

		private int limit = 10;

		@Override
		public int limit() {
			return this.limit;
		}

		@Override
		public void onSample(long startNanos, long nanos, int inFlight, boolean dropped) {
			assertThat(nanos).isNotNegative();
			assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(nanos);
			this.samples.add(inFlight + " of them, " + (dropped ? "dropped" : "served"));
		}

	}

}
