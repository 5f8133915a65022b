package io.millrace.core.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Dispatcher}.
 */
class DispatcherTests {

	private final TestStream stream = new TestStream(ImmediateEventExecutor.INSTANCE);

	private final List<String> told = new ArrayList<>();

	private final Busy workers = new Busy();

	private Dispatcher dispatcher(ExchangeHandler application, Route... routes) {
		return new Dispatcher(new Routes(List.of(routes)), application,
				new HttpServices(DirectOrigins.INSTANCE, this.workers, new ErrorResponder()), Lanes.NONE, null,
				new DispatchOptions(Duration.ZERO, Duration.ZERO, 503, 503, Duration.ofMillis(2500)),
				new EngineObserver() {

					@Override
					public void refused(String reason) {
						DispatcherTests.this.told.add(reason);
					}

				});
	}

	private static ExchangeHandler handler(boolean mayBlock) {
		return new ExchangeHandler() {

			@Override
			public void handle(Exchange exchange) {
				exchange.responseBody().write(null, true);
			}

			@Override
			public boolean mayBlock() {
				return mayBlock;
			}

		};
	}

	@Test
	void aHandlerThatNeverBlocksIsRunByTheLoopHoweverBusyTheWorkersAre() {
		dispatcher(handler(false)).dispatch(this.stream.exchange(BodyFraming.NONE));
		assertThat(this.stream.calls).containsExactly("write 200 last");
	}

	@Test
	void aHandlerThatMayBlockIsAnsweredForWhereAllWorkersAreBusy() {
		Exchange exchange = this.stream.exchange(BodyFraming.NONE);
		dispatcher(handler(true)).dispatch(exchange);
		assertThat(this.stream.calls).singleElement().asString().startsWith("write 503 503 Service Unavailable");
		assertThat(exchange.response().headers().get("Retry-After")).isEqualTo("2");
		assertThat(this.told).containsExactly("full");
	}

	@Test
	void aRouteIsAskedBeforeTheApplication() {
		ExchangeHandler never = (exchange) -> this.told.add("application");
		dispatcher(never, Route.get("/path", handler(false))).dispatch(this.stream.exchange(BodyFraming.NONE));
		assertThat(this.told).isEmpty();
		dispatcher(never, Route.get("/other", handler(false))).dispatch(this.stream.exchange(BodyFraming.NONE));
		assertThat(this.told).containsExactly("application");
	}

	@Test
	void whateverAHandlerThrowsEndsTheExchange() {
		List<Throwable> thrown = List.of(new IllegalStateException(), new java.io.IOException(),
				new StackOverflowError(), new NoClassDefFoundError(), new Error("unheard of"));
		for (Throwable cause : thrown) {
			dispatcher((exchange) -> DispatcherTests.<RuntimeException>sneak(cause))
				.dispatch(this.stream.exchange(BodyFraming.NONE));
		}
		assertThat(this.stream.calls.stream().filter((call) -> call.startsWith("write 500"))).hasSize(5);
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void sneak(Throwable cause) throws X {
		throw (X) cause;
	}

	private static final class Busy implements WorkerPool {

		@Override
		public boolean tryExecute(Runnable task) {
			return false;
		}

		@Override
		public void resume(Runnable task) {
			throw new IllegalStateException("not asked for");
		}

		@Override
		public WorkerSnapshot snapshot() {
			return new WorkerSnapshot(0, 0, 0, 0, 0, 0);
		}

		@Override
		public void stop(Duration patience) {
		}

	}

}
