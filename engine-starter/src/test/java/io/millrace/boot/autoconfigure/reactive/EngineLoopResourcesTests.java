package io.millrace.boot.autoconfigure.reactive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.transport.EventLoops;
import io.millrace.core.transport.Transport;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

import org.springframework.http.client.ReactorResourceFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class EngineLoopResourcesTests {

	private final List<EventLoops> created = new ArrayList<>();

	private final AtomicReference<@Nullable EventLoopGroup> server = new AtomicReference<>();

	private final EngineLoopResources resources = new EngineLoopResources(this.server::get,
			() -> create(Transport.NIO));

	@AfterEach
	void stop() {
		this.created.forEach(EventLoops::stop);
	}

	@Test
	void theLoopsAreTheServersWhileItRuns() {
		EventLoops engine = create(Transport.NIO);
		this.server.set(engine.group());
		assertThat(this.resources.onServer(true)).isSameAs(engine.group());
		assertThat(this.resources.onClient(true)).isSameAs(this.resources.onClient(false));
		this.resources.disposeLater(Duration.ZERO, Duration.ZERO).block();
		assertThat(engine.group().isShuttingDown()).isFalse();
		assertThat(this.created).hasSize(1);
	}

	@Test
	void withoutServerThereAreLoopsOfOurOwnUntilTheContextStops() {
		EventLoopGroup own = this.resources.onServer(true);
		assertThat(this.resources.onServer(false)).isSameAs(own);
		this.resources.disposeLater(Duration.ZERO, Duration.ZERO).block();
		assertThat(own.isTerminated()).isTrue();
		assertThat(this.resources.onServer(true)).isNotSameAs(own);
	}

	@Test
	void aServerThatComesLaterIsSharedFromThenOn() {
		EventLoopGroup before = this.resources.onClient(true);
		this.server.set(create(Transport.NIO).group());
		assertThat(this.resources.onClient(true)).isNotSameAs(before);
	}

	@ParameterizedTest
	@EnumSource
	void reactorNettyTakesTheLoopsOfEveryTransport(Transport transport) {
		assumeThat(transport.isAvailable()).isTrue();
		this.server.set(create(transport).group());
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setLoopResourcesSupplier(() -> this.resources);
		factory.afterPropertiesSet();
		DisposableServer echo = HttpServer.create()
			.runOn(factory.getLoopResources())
			.handle((request, response) -> response.sendString(Mono.just("hello")))
			.bindNow();
		try {
			String thread = HttpClient.create(factory.getConnectionProvider())
				.runOn(factory.getLoopResources())
				.get()
				.uri("http://localhost:" + echo.port())
				.responseSingle((response, body) -> body.asString().map((text) -> Thread.currentThread().getName()))
				.block(Duration.ofSeconds(30));
			assertThat(thread).startsWith("millrace-loop");
		}
		finally {
			echo.disposeNow();
			factory.destroy();
		}
	}

	private EventLoops create(Transport transport) {
		EventLoops loops = EventLoops.create(transport, 1);
		this.created.add(loops);
		return loops;
	}

}
