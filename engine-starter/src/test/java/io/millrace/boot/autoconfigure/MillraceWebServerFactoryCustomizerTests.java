package io.millrace.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.time.Duration;

import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.DirectOrigins;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * From properties to the configuration of the engine.
 */
class MillraceWebServerFactoryCustomizerTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	@Test
	void withoutPropertiesTheEngineHasItsOwnDefaults() {
		EngineConfig config = config();
		assertThat(config.transport()).isNull();
		assertThat(config.eventLoops()).isZero();
		assertThat(config.listener()).isEqualTo(ListenerOptions.at(new InetSocketAddress(8080)));
		assertThat(config.http1()).isEqualTo(Http1Options.defaults());
		assertThat(config.timeouts()).isEqualTo(ConnectionTimeouts.defaults());
		assertThat(config.worker()).isEqualTo(WorkerOptions.defaults());
		assertThat(config.dispatch()).isEqualTo(DispatchOptions.defaults());
		assertThat(config.watch()).isEqualTo(WatchOptions.defaults());
		assertThat(config.origins()).isSameAs(DirectOrigins.INSTANCE);
	}

	@Test
	void everyPropertyReachesTheEngine() {
		set("millrace.transport", "nio");
		set("millrace.event-loops", "3");
		set("millrace.backlog", "100");
		set("millrace.max-connections", "1000");
		set("millrace.max-requests-per-connection", "500");
		set("millrace.max-request-body-size", "5MB");
		set("millrace.min-body-rate", "1KB");
		set("millrace.body-grace", "7s");
		set("millrace.worker.mode", "inline");
		set("millrace.worker.max-threads", "20");
		set("millrace.worker.min-threads", "2");
		set("millrace.worker.keep-alive", "5s");
		set("millrace.worker.max-concurrency", "50");
		set("millrace.worker.queue.capacity", "60");
		set("millrace.worker.reserved", "3");
		set("millrace.worker.interrupt-on-disconnect", "true");
		set("millrace.worker.queue.order", "adaptive");
		set("millrace.worker.queue.max-wait", "2s");
		set("millrace.refusal.retry-after", "9s");
		set("millrace.refusal.status", "429");
		set("millrace.refusal.timeout-status", "504");
		set("millrace.timeouts.request", "8s");
		set("millrace.http1.max-request-line-size", "4KB");
		set("millrace.http1.max-header-count", "50");
		set("millrace.http1.max-drain-size", "1MB");
		set("millrace.watch.worker", "11s");
		set("millrace.watch.event-loop", "12s");
		set("millrace.watch.starved", "13s");
		set("millrace.watch.pinned", "14ms");
		set("millrace.timeouts.header", "1s");
		set("millrace.timeouts.idle", "2s");
		set("millrace.timeouts.write", "3s");
		set("millrace.timeouts.half-closed", "4s");
		set("millrace.timeouts.upgraded", "5s");
		set("server.max-http-request-header-size", "16KB");
		set("server.server-header", "desk");
		EngineConfig config = config();
		assertThat(config.transport()).isEqualTo(Transport.NIO);
		assertThat(config.eventLoops()).isEqualTo(3);
		assertThat(config.listener()).isEqualTo(new ListenerOptions(new InetSocketAddress(8080), 100, false, 1000));
		assertThat(config.http1())
			.isEqualTo(new Http1Options(4096, 16384, 50, 5 * 1024 * 1024, 1024 * 1024, 500, "desk"));
		assertThat(config.timeouts()).isEqualTo(new ConnectionTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2),
				Duration.ofSeconds(3), Duration.ofSeconds(4), 1024, Duration.ofSeconds(7), Duration.ofSeconds(5)));
		assertThat(config.watch()).isEqualTo(new WatchOptions(Duration.ofSeconds(11), Duration.ofSeconds(12),
				Duration.ofSeconds(13), Duration.ofMillis(14)));
		assertThat(config.worker()).isEqualTo(new WorkerOptions(WorkerMode.INLINE, 20, 2, Duration.ofSeconds(5), 50,
				new QueueOptions(60, QueueOrder.ADAPTIVE, Duration.ofSeconds(2), false), 3));
		assertThat(config.dispatch()).isEqualTo(
				new DispatchOptions(Duration.ZERO, Duration.ofSeconds(8), 504, 429, Duration.ofSeconds(9), true));
	}

	@ParameterizedTest
	@CsvSource({ "io_uring, IO_URING", "io-uring, IO_URING", "IO_URING, IO_URING", "epoll, EPOLL", "kqueue, KQUEUE",
			"NIO, NIO" })
	void aTransportIsNamedAsItsMakersNameIt(String value, Transport transport) {
		set("millrace.transport", value);
		assertThat(config().transport()).isEqualTo(transport);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "millrace.event-loops|-1|0 (one for each processor) or more",
			"millrace.backlog|0|1 or more", "millrace.max-connections|-1|0 (no limit) or more",
			"millrace.max-requests-per-connection|-1|0 (no limit) or more", "millrace.worker.max-threads|0|1 to 100000",
			"millrace.worker.min-threads|201|0 to millrace.worker.max-threads (200)",
			"millrace.worker.keep-alive|0s|more than 0", "millrace.worker.max-concurrency|0|1 or more",
			"millrace.worker.queue.capacity|0|1 to 1000000", "millrace.worker.queue.max-wait|-1s|0 (no limit) or more",
			"millrace.worker.reserved|-1|0 (none) or more", "millrace.watch.worker|-1s|0 (off) or more",
			"millrace.watch.event-loop|-1s|0 (off) or more", "millrace.watch.starved|-1s|0 (off) or more",
			"millrace.refusal.status|500|503 or 429", "millrace.refusal.timeout-status|502|503 or 504",
			"millrace.refusal.retry-after|-1s|0 or more", "millrace.timeouts.request|-1s|0 (off) or more",
			"millrace.http1.max-request-line-size|10B|64 or more", "millrace.http1.max-header-count|0|1 or more",
			"millrace.http1.max-drain-size|-1B|0 or more", "millrace.max-request-body-size|-1B|0 (no limit) or more",
			"server.max-http-request-header-size|10B|64 or more",
			"server.max-http-request-header-size|3GB|less than 2 GB", "millrace.timeouts.header|-1s|0 (off) or more",
			"millrace.timeouts.idle|-1s|0 (off) or more", "millrace.timeouts.write|-1s|0 (off) or more",
			"millrace.timeouts.half-closed|-1s|0 (off) or more", "millrace.timeouts.upgraded|-1s|0 (off) or more",
			"millrace.min-body-rate|-1B|0 (off) or more", "millrace.body-grace|-1s|0 (off) or more" })
	void aValueOutOfRangeIsRefusedWithItsProperty(String property, String value, String rule) {
		set(property, value);
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::config)
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo(property))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("has to be " + rule));
	}

	@Test
	void aListenerPerLoopNeedsATransportThatCan() {
		set("millrace.transport", "nio");
		set("millrace.reuse-port", "true");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::config)
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("millrace.reuse-port"))
			.withMessageContaining("nio");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsOfTheApplicationAreThoseOfTheWorkers() {
		set("spring.threads.virtual.enabled", "true");
		assertThat(config().worker().mode()).isEqualTo(WorkerMode.VIRTUAL);
		set("millrace.worker.mode", "pool");
		assertThat(config().worker().mode()).isEqualTo(WorkerMode.POOL);
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsOfTheApplicationMeanNothingOnAnOlderJdk() {
		set("spring.threads.virtual.enabled", "true");
		assertThat(config().worker().mode()).isEqualTo(WorkerMode.POOL);
	}

	@Test
	void virtualWorkersOnAnOlderJdkStopStartUp() {
		assertThatExceptionOfType(UnsupportedFeatureException.class)
			.isThrownBy(() -> MillraceWebServerFactoryCustomizer.virtual(JavaVersion.SEVENTEEN))
			.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo("millrace.worker.mode=virtual"))
			.withMessageContaining("JDK 21")
			.withMessageContaining("this is JDK 17");
		assertThat(MillraceWebServerFactoryCustomizer.virtual(JavaVersion.TWENTY_ONE)).isEqualTo(WorkerMode.VIRTUAL);
	}

	@ParameterizedTest
	@CsvSource({ "native, true", "framework, false", "none, false" })
	void forwardedHeadersAreTheEnginesWithTheNativeStrategyOnly(String strategy, boolean forwarded) {
		set("server.forward-headers-strategy", strategy);
		set("spring.main.cloud-platform", "heroku");
		assertThat(config().origins() instanceof ForwardedOrigins).isEqualTo(forwarded);
	}

	@Test
	void forwardedHeadersAreTheEnginesInACloud() {
		set("spring.main.cloud-platform", "kubernetes");
		assertThat(config().origins()).isInstanceOf(ForwardedOrigins.class);
	}

	@Test
	void aProxyThatIsNoAddressIsRefused() {
		set("server.forward-headers-strategy", "native");
		set("millrace.forwarded.trusted-proxies", "10.0.0.0/8,proxy.example");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::config)
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("millrace.forwarded.trusted-proxies"))
			.withMessageContaining("'proxy.example'");
	}

	@Test
	void theManagementServerHasOneEventLoopAndOtherwiseTheSame() {
		set("millrace.event-loops", "3");
		set("millrace.backlog", "100");
		EngineConfig config = config(true);
		assertThat(config.eventLoops()).isEqualTo(1);
		assertThat(config.listener().backlog()).isEqualTo(100);
	}

	private void set(String property, String value) {
		this.environment.setProperty(property, value);
	}

	private EngineConfig config() {
		return config(false);
	}

	private EngineConfig config(boolean management) {
		ConfigurationPropertySources.attach(this.environment);
		Binder binder = Binder.get(this.environment);
		ServerProperties serverProperties = binder.bindOrCreate("server", ServerProperties.class);
		MillraceProperties properties = binder.bindOrCreate("millrace", MillraceProperties.class);
		TestFactory factory = new TestFactory();
		new MillraceWebServerFactoryCustomizer(this.environment, serverProperties, properties,
				this.beans.getBeanProvider(Admission.class), management)
			.customize(factory);
		return factory.createEngineConfig();
	}

	private static final class TestFactory extends MillraceWebServerFactory {

		@Override
		public EngineConfig createEngineConfig() {
			return super.createEngineConfig();
		}

	}

}
