package io.millrace.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ExchangeObserver;
import io.millrace.core.observe.ObservedExchange;
import io.millrace.core.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of those who go along with single requests and connections.
 */
@Timeout(120)
class ExchangeObserverTests {

	private final List<String> told = new CopyOnWriteArrayList<>();

	private void run(EngineObserver first, EngineObserver second) throws Exception {
		try (TestEngine engine = new TestEngine(Transport.NIO,
				TestEngine.blocking((exchange) -> TestEngine.text(exchange, "hello")),
				(config) -> config.addObserver(first).addObserver(second))
			.start(); RawClient client = engine.connect()) {
			assertThat(client.get("/one").receive().body()).isEqualTo("hello");
			assertThat(client.get("/two").receive().body()).isEqualTo("hello");
		}
	}

	@Test
	void oneThatFailsHarmsNeitherTheRequestNorTheOthers() throws Exception {
		run(new Failing(), new Listing(() -> true));
		assertThat(this.told).containsExactly("/one starts in pool", "/one ends true 200", "/two starts in pool",
				"/two ends true 200", "connection ends after 2");
	}

	@Test
	void oneThatCannotSayWhetherItGoesAlongHarmsNobody() throws Exception {
		run(new EngineObserver() {

			@Override
			public @Nullable ExchangeObserver observeExchange() {
				throw new IllegalStateException("on purpose");
			}

			@Override
			public @Nullable Consumer<ConnectionSnapshot> observeConnection() {
				throw new IllegalStateException("on purpose");
			}

		}, new Listing(() -> true));
		assertThat(this.told).hasSize(5);
	}

	@Test
	void whetherSomebodyGoesAlongIsAskedForEachRequest() throws Exception {
		int[] asked = { 0 };
		run(EngineObserver.NONE, new Listing(() -> ++asked[0] > 1));
		assertThat(this.told).containsExactly("/two starts in pool", "/two ends true 200", "connection ends after 2");
	}

	@Test
	void whatNobodyGoesAlongWithIsNotMeasured() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.NIO,
				TestEngine.blocking((exchange) -> TestEngine.text(exchange, String.valueOf(exchange.observation()))),
				(config) -> config.addObserver(EngineObserver.NONE))
			.start(); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("null");
		}
	}

	private final class Listing implements EngineObserver {

		private final BooleanSupplier wanted;

		Listing(BooleanSupplier wanted) {
			this.wanted = wanted;
		}

		@Override
		public @Nullable ExchangeObserver observeExchange() {
			return this.wanted.getAsBoolean() ? new ExchangeObserver() {

				@Override
				public void handlerStarts(ObservedExchange exchange) {
					ExchangeObserverTests.this.told.add(exchange.target() + " starts in " + exchange.mode());
				}

				@Override
				public void ended(ObservedExchange exchange, boolean completed) {
					ExchangeObserverTests.this.told
						.add(exchange.target() + " ends " + completed + " " + exchange.status());
				}

			} : null;
		}

		@Override
		public Consumer<ConnectionSnapshot> observeConnection() {
			return (last) -> ExchangeObserverTests.this.told.add("connection ends after " + last.requests());
		}

	}

	private static final class Failing implements EngineObserver {

		@Override
		public ExchangeObserver observeExchange() {
			return new ExchangeObserver() {

				@Override
				public void handlerStarts(ObservedExchange exchange) {
					throw new IllegalStateException("on purpose");
				}

				@Override
				public void ended(ObservedExchange exchange, boolean completed) {
					throw new IllegalStateException("on purpose");
				}

			};
		}

		@Override
		public Consumer<ConnectionSnapshot> observeConnection() {
			return (last) -> {
				throw new IllegalStateException("on purpose");
			};
		}

	}

}
