package io.millrace.core.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link EngineObservers}.
 */
class EngineObserversTests {

	private final EngineStatistics statistics = new EngineStatistics(new ObservedKinds(List.of("per_ip"),
			List.of("other"), List.of("full"), List.of("idle"), List.of("syntax")));

	private final List<String> told = new ArrayList<>();

	private EngineObserver writing(String name, boolean watching) {
		return new EngineObserver() {

			@Override
			public void connectionOpened() {
				EngineObserversTests.this.told.add(name + " opened");
			}

			@Override
			public void refused(String reason) {
				EngineObserversTests.this.told.add(name + " refused " + reason);
			}

			@Override
			public void exchangeEnded(boolean completed) {
				EngineObserversTests.this.told.add(name + " ended " + completed);
			}

			@Override
			public boolean wantsExchanges() {
				return watching;
			}

			@Override
			public void exchangeEnded(ObservedExchange exchange, boolean completed) {
				EngineObserversTests.this.told.add(name + " saw");
			}

		};
	}

	private static EngineObserver failing() {
		return new EngineObserver() {

			@Override
			public void connectionOpened() {
				throw new IllegalStateException("thrown on purpose");
			}

			@Override
			public void refused(String reason) {
				throw new IllegalStateException("thrown on purpose");
			}

			@Override
			public void exchangeEnded(boolean completed) {
				throw new AssertionError("thrown on purpose");
			}

			@Override
			public boolean wantsExchanges() {
				return true;
			}

			@Override
			public void exchangeEnded(ObservedExchange exchange, boolean completed) {
				throw new IllegalStateException("thrown on purpose");
			}

		};
	}

	@Test
	void allAreToldInTheirOrderAndThoseWhoWantToSeeExchangesSeeThem() {
		EngineObservers observers = new EngineObservers(this.statistics,
				List.of(writing("first", false), writing("second", true)));
		observers.connectionOpened();
		observers.refused("full");
		observers.exchangeCompleted(200);
		assertThat(observers.wantsExchanges()).isTrue();
		observers.exchangeEnded(new NoExchange(), true);
		assertThat(this.told).containsExactly("first opened", "second opened", "first refused full",
				"second refused full", "first ended true", "second ended true", "second saw");
		assertThat(this.statistics.connections(0).accepted()).isOne();
		assertThat(this.statistics.requests().byStatus()).containsEntry("2xx", 1L);
	}

	@Test
	void nobodyHasToBeThere() {
		EngineObservers observers = new EngineObservers(this.statistics, List.of());
		assertThat(observers.wantsExchanges()).isFalse();
		observers.exchangeStarted();
		observers.exchangeAborted();
		assertThat(this.statistics.requests().aborted()).isOne();
	}

	@Test
	void oneThatThrowsHarmsNobodyElseAndIsLoggedOnce() {
		Logger logger = (Logger) LoggerFactory.getLogger(EngineObservers.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		try {
			EngineObservers observers = new EngineObservers(this.statistics,
					List.of(failing(), writing("other", true)));
			observers.connectionOpened();
			observers.refused("full");
			observers.exchangeCompleted(503);
			observers.exchangeEnded(new NoExchange(), true);
			assertThat(this.told).containsExactly("other opened", "other refused full", "other ended true",
					"other saw");
			assertThat(log.list).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage()).startsWith(getClass().getName()));
		}
		finally {
			logger.detachAppender(log);
		}
	}

	@Test
	void whoDoesNotAskWhichLoopIsStuckIsToldThatOneIs() {
		EngineObserver simple = new EngineObserver() {

			@Override
			public void stuck(String kind) {
				EngineObserversTests.this.told.add("stuck " + kind);
			}

			@Override
			public void recovered(String kind) {
				EngineObserversTests.this.told.add("recovered " + kind);
			}

		};
		EngineObserver exact = new EngineObserver() {

			@Override
			public void loopStalled(LoopStall stall) {
				EngineObserversTests.this.told.add(stall.loop() + " over=" + stall.over());
			}

		};
		EngineObservers observers = new EngineObservers(this.statistics, List.of(simple, exact));
		StackSnapshot stack = StackSnapshot.of(Thread.currentThread());
		observers.loopStalled(new LoopStall("first", Duration.ofSeconds(1), false, stack));
		observers.loopStalled(new LoopStall("first", Duration.ofSeconds(2), true, null));
		observers.loopStalled(new LoopStall("left behind", Duration.ofSeconds(1), true, stack));
		assertThat(this.told).containsExactly("stuck event_loop", "first over=false", "recovered event_loop",
				"first over=true", "stuck event_loop", "recovered event_loop", "left behind over=true");
		assertThat(this.statistics.refusals().stuck()).containsEntry("event_loop", 2L);
	}

	@Test
	void oneThatCannotSayWhetherItWantsToSeeExchangesSeesNone() {
		EngineObserver undecided = new EngineObserver() {

			@Override
			public boolean wantsExchanges() {
				throw new IllegalStateException("thrown on purpose");
			}

		};
		assertThat(new EngineObservers(this.statistics, List.of(undecided)).wantsExchanges()).isFalse();
	}

}
