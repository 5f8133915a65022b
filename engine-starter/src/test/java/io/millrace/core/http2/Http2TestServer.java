package io.millrace.core.http2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.ListenerOptions;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine that speaks HTTP/2 on a free port, what it counts and what it logs. Closing
 * it checks that every connection and every exchange has ended, and that nothing was
 * logged.
 */
final class Http2TestServer implements AutoCloseable {

	private static final WatchOptions UNWATCHED = new WatchOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO);

	private final TestApplication application = new TestApplication();

	private final Counts counts = new Counts();

	private final Recorder recorder = new Recorder();

	private final Engine engine;

	private Http2TestServer(UnaryOperator<EngineConfig.Builder> options) throws Exception {
		this.recorder.start();
		root().addAppender(this.recorder);
		this.engine = new Engine(options
			.apply(EngineConfig.builder()
				.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
				.http2(Http2Options.defaults())
				.eventLoops(2)
				.watch(UNWATCHED)
				.observer(this.counts))
			.build(), this.application);
		this.engine.start();
	}

	static Http2TestServer start() throws Exception {
		return start(UnaryOperator.identity());
	}

	static Http2TestServer start(UnaryOperator<EngineConfig.Builder> options) throws Exception {
		return new Http2TestServer(options);
	}

	private static Logger root() {
		return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
	}

	int port() {
		return this.engine.port();
	}

	Engine engine() {
		return this.engine;
	}

	FrameClient connect() throws IOException {
		return FrameClient.connect(port());
	}

	/** The paths of the requests that have reached the application. */
	List<String> handled() {
		return this.application.handled();
	}

	int count(String name) {
		return this.counts.of(name);
	}

	int protocolErrors() {
		return this.counts.of("error");
	}

	void awaitProtocolErrors(int expected) {
		await("error", expected);
	}

	void await(String name, int expected) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(count(name)).as(name + " of " + this.counts).isEqualTo(expected));
	}

	/** Every request that has come has ended. */
	void awaitNothingInFlight() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(count("ended")).as("%s", this.counts).isEqualTo(count("started")));
	}

	void awaitAllClosed() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(
					() -> assertThat(count("closed")).as("%s with %s", this.counts, this.engine.connections(10, true))
						.isEqualTo(count("opened")));
	}

	@Override
	public void close() {
		try {
			this.engine.close();
			awaitAllClosed();
			awaitNothingInFlight();
			assertThat(this.recorder.messages).isEmpty();
		}
		finally {
			root().detachAppender(this.recorder);
		}
	}

	/** Counts what the engine tells. */
	private static final class Counts implements EngineObserver {

		private final Map<String, Integer> counts = new ConcurrentHashMap<>();

		private void count(String name) {
			this.counts.merge(name, 1, Integer::sum);
		}

		int of(String name) {
			return this.counts.getOrDefault(name, 0);
		}

		@Override
		public void connectionOpened() {
			count("opened");
		}

		@Override
		public void connectionClosed() {
			count("closed");
		}

		@Override
		public void exchangeStarted() {
			count("started");
		}

		@Override
		public void exchangeEnded(boolean completed) {
			count("ended");
			count(completed ? "completed" : "aborted");
		}

		@Override
		public void clientAborted() {
			count("clientAborted");
		}

		@Override
		public void protocolError(String kind) {
			count("error");
			count("error." + kind);
		}

		@Override
		public void refused(String reason) {
			count("refused." + reason);
		}

		@Override
		public void timedOut(String kind) {
			count("timeout." + kind);
		}

		@Override
		public String toString() {
			return this.counts.toString();
		}

	}

	private static final class Recorder extends AppenderBase<ILoggingEvent> {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
				this.messages.add(event.getLevel() + " " + event.getFormattedMessage());
			}
		}

	}

}
