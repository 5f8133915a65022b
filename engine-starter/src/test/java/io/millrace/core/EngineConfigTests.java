package io.millrace.core;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Route;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link EngineConfig}.
 */
class EngineConfigTests {

	@Test
	void nothingHasToBeSet() {
		EngineConfig config = EngineConfig.builder().build();
		assertThat(config.transport()).isNull();
		assertThat(config.eventLoops()).isZero();
		assertThat(config.listener()).isEqualTo(ListenerOptions.at(new InetSocketAddress(8080)));
		assertThat(config.dispatch()).isEqualTo(DispatchOptions.defaults());
		assertThat(config.routes()).isEmpty();
		assertThat(config.observers()).isEmpty();
	}

	@Test
	void whatIsBuiltDoesNotChangeAnyMore() {
		List<Route> routes = new ArrayList<>();
		EngineConfig.Builder builder = EngineConfig.builder().routes(routes);
		EngineConfig config = builder.build();
		routes.add(Route.get("/", (exchange) -> TestEngine.text(exchange, "")));
		builder.eventLoops(3);
		assertThat(config.routes()).isEmpty();
		assertThat(config.eventLoops()).isZero();
	}

	@Test
	void anObserverIsAddedToTheOthersOrTakesTheirPlace() {
		EngineObserver first = new EngineObserver() {
		};
		EngineConfig.Builder builder = EngineConfig.builder().addObserver(EngineObserver.NONE).observer(first);
		EngineConfig config = builder.addObserver(EngineObserver.NONE).build();
		assertThat(config.observers()).containsExactly(first, EngineObserver.NONE);
	}

	@Test
	void aListenerOffersNoHttp2ThatItDoesNotSpeak() throws Exception {
		TlsSettings settings = new TlsSettings(Http3Tests.CERTIFICATE.toKeyManagerFactory(), null,
				ClientCertificate.NONE, "TLS", null, null);
		ListenerConfig listener = ListenerTests.tcp("other", 0)
			.withTls(TlsOptions.of(new TlsContexts(settings, Map.of(), true)));
		String message = "tls of the listener other offers HTTP/2 to clients, and http2 is not set";
		EngineConfig.Builder builder = EngineConfig.builder().moreListeners(List.of(listener));
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
		assertThat(builder.http2(Http2Options.defaults()).build().listeners()).hasSize(2);
		builder.moreListeners(List.of(listener.withoutHttp2()));
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
	}

	@Test
	void whatCannotBeIsRefusedByItsName() {
		assertThatIllegalArgumentException().isThrownBy(() -> EngineConfig.builder().eventLoops(-1))
			.withMessageStartingWith("eventLoops ");
		InetSocketAddress address = new InetSocketAddress(0);
		assertThatIllegalArgumentException().isThrownBy(() -> new ListenerOptions(address, 0, false, 0))
			.withMessageStartingWith("backlog ");
		assertThatIllegalArgumentException().isThrownBy(() -> new ListenerOptions(address, 1, false, -1))
			.withMessageStartingWith("maxConnections ");
	}

}
