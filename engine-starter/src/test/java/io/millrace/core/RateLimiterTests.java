package io.millrace.core;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an engine does with the answers of a rate limiter, at once and later.
 */
@Timeout(120)
class RateLimiterTests {

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger unknown = new AtomicInteger();

	private final AtomicInteger abandoned = new AtomicInteger();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void refused(String reason) {
			assertThat(reason).isEqualTo("rate");
			RateLimiterTests.this.refused.incrementAndGet();
		}

		@Override
		public void rateUnknown() {
			RateLimiterTests.this.unknown.incrementAndGet();
		}

		@Override
		public void abandoned() {
			RateLimiterTests.this.abandoned.incrementAndGet();
		}

	};

	private final ExchangeHandler application = TestEngine.blocking((exchange) -> {
		this.handled.incrementAndGet();
		TestEngine.text(exchange, exchange.request().target().path());
	});

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	private TestEngine start(Transport transport, RateLimiter limiter) throws Exception {
		return new TestEngine(transport, this.application,
				(config) -> config.rateLimiter(limiter).observer(this.observer))
			.start();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whoComesTooOftenIsToldWhenToComeBackAndKeepsItsConnection(Transport transport) throws Exception {
		RateLimiter limiter = (exchange, answer) -> {
			String path = exchange.request().target().path();
			return path.equals("/") ? RateLimiter.ADMITTED : Long.parseLong(path.substring(1));
		};
		try (TestEngine engine = start(transport, limiter); RawClient client = engine.connect()) {
			for (String[] expected : new String[][] { { "/1", "1" }, { "/1000000000", "1" }, { "/1000000001", "2" },
					{ "/59999999999", "60" } }) {
				RawClient.Response response = client.get(expected[0]).receive();
				assertThat(response.status()).isEqualTo(429);
				assertThat(response.header("retry-after")).isEqualTo(expected[1]);
				assertThat(response.header("connection")).isNull();
				assertThat(response.body())
					.isEqualTo("429 Too Many Requests: Too many requests have come, try again later.\n");
			}
			client.send("POST /5 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
			assertThat(client.receive().status()).isEqualTo(429);
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			assertThat(this.refused).hasValue(5);
			assertThat(this.handled).hasValue(1);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anAnswerMayComeLaterAndWhatWasPipelinedMeanwhileIsAnsweredInItsTurn(Transport transport) throws Exception {
		Pending pending = new Pending();
		try (TestEngine engine = start(transport, pending); RawClient client = engine.connect()) {
			client.get("/first");
			Question first = pending.next();
			client.get("/second").get("/third");
			assertThat(this.handled).hasValue(0);
			first.answer(RateLimiter.ADMITTED);
			assertThat(client.receive().body()).isEqualTo("/first");
			pending.next().answer(2_000_000_000);
			assertThat(client.receive().header("retry-after")).isEqualTo("2");
			pending.next().answer(RateLimiter.UNKNOWN);
			assertThat(client.receive().body()).isEqualTo("/third");
			assertThat(this.unknown).hasValue(1);
			assertThat(this.refused).hasValue(1);
		}
	}

	// A worker that writes the response itself must not overtake what has come since.
	@Test
	void aRequestThatComesWhileAnAnswerIsWaitedForIsNotForgotten() throws Exception {
		Pending pending = new Pending();
		try (TestEngine engine = start(Transport.best(), pending); RawClient client = engine.connect()) {
			for (int i = 0; i < 200; i++) {
				client.get("/a");
				Question first = pending.next();
				client.get("/b");
				first.answer(RateLimiter.ADMITTED);
				assertThat(client.receive().body()).isEqualTo("/a");
				pending.next().answer(RateLimiter.ADMITTED);
				assertThat(client.receive().body()).isEqualTo("/b");
			}
		}
	}

	@Test
	void aClientThatLeavesMeanwhileIsNotHandled() throws Exception {
		Pending pending = new Pending();
		try (TestEngine engine = start(Transport.best(), pending); RawClient other = engine.connect()) {
			Question question;
			try (RawClient client = engine.connect()) {
				client.get("/");
				question = pending.next();
				client.socket().setSoLinger(true, 0);
			}
			Awaitility.await().until(() -> question.exchange.outcome() == Exchange.Outcome.ABORTED);
			question.answer(RateLimiter.ADMITTED);
			Awaitility.await().untilAsserted(() -> assertThat(this.abandoned).hasValue(1));
			other.get("/other");
			pending.next().answer(RateLimiter.ADMITTED);
			assertThat(other.receive().body()).isEqualTo("/other");
			assertThat(this.handled).hasValue(1);
		}
	}

	@Test
	void anAnswerThatDoesNotComeInTimeIsForTheRequestTimeout() throws Exception {
		Pending pending = new Pending();
		DispatchOptions options = new DispatchOptions(Duration.ZERO, Duration.ofMillis(200), 503, 503,
				Duration.ofSeconds(1));
		try (TestEngine engine = new TestEngine(Transport.best(), this.application,
				(config) -> config.rateLimiter(pending).dispatch(options))
			.start(); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(503);
			pending.next().answer(RateLimiter.ADMITTED);
			client.get("/next");
			pending.next().answer(RateLimiter.ADMITTED);
			assertThat(client.receive().body()).isEqualTo("/next");
			assertThat(this.handled).hasValue(1);
		}
	}

	@Test
	void aDrainWaitsForTheAnswer() throws Exception {
		Pending pending = new Pending();
		try (TestEngine engine = start(Transport.best(), pending); RawClient client = engine.connect()) {
			client.get("/");
			Question question = pending.next();
			var drained = engine.engine().drain().toCompletableFuture();
			client.socket().setSoTimeout(100);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::receive);
			assertThat(drained).isNotDone();
			client.socket().setSoTimeout(20_000);
			question.answer(RateLimiter.ADMITTED);
			assertThat(client.receive().header("connection")).isEqualTo("close");
			assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
		}
	}

	@Test
	void anAnswerThatComesAfterTheEngineHasStoppedDoesNothing() throws Exception {
		Pending pending = new Pending();
		Question question;
		try (TestEngine engine = start(Transport.best(), pending); RawClient client = engine.connect()) {
			client.get("/");
			question = pending.next();
		}
		question.answer(RateLimiter.ADMITTED);
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void aLimiterThatFailsIsAnErrorOfTheServerAndOfThisRequestOnly() throws Exception {
		RateLimiter limiter = (exchange, answer) -> {
			if (exchange.request().target().path().equals("/fail")) {
				throw new IllegalStateException("This one fails");
			}
			return RateLimiter.ADMITTED;
		};
		try (TestEngine engine = start(Transport.best(), limiter); RawClient client = engine.connect()) {
			assertThat(client.get("/fail").receive().status()).isEqualTo(500);
			assertThat(client.get("/ok").receive().status()).isEqualTo(200);
		}
	}

	/** Is asked, and answers when the test says so. */
	private static final class Pending implements RateLimiter {

		private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();

		@Override
		public long tryAcquire(Exchange exchange, Answer answer) {
			this.questions.add(new Question(exchange, answer));
			return LATER;
		}

		Question next() throws InterruptedException {
			Question question = this.questions.poll(20, TimeUnit.SECONDS);
			assertThat(question).isNotNull();
			return question;
		}

	}

	private record Question(Exchange exchange, RateLimiter.Answer answer) {

		void answer(long nanos) {
			this.answer.tell(this.exchange, nanos);
		}

	}

}
