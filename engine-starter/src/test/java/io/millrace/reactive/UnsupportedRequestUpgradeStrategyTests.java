package io.millrace.reactive;

import java.util.Map;
import java.util.function.Supplier;

import io.millrace.core.RawClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurationSupport;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import static org.assertj.core.api.Assertions.assertThat;

class UnsupportedRequestUpgradeStrategyTests {

	@Test
	void aHandshakeIsAnsweredWith501() throws Exception {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Application.class);
				ReactiveServer server = new ReactiveServer(WebHttpHandlerBuilder.applicationContext(context).build());
				RawClient client = server.raw()) {
			client.send("GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
			assertThat(client.receive().status()).isEqualTo(501);
		}
	}

	@Test
	void whatSpringFoundOnTheClassPathIsReplaced() {
		WebSocketHandlerAdapter adapter = new WebSocketHandlerAdapter();
		adapter.setOrder(7);
		WebSocketHandlerAdapter replaced = UnsupportedRequestUpgradeStrategy.replaceIn(adapter);
		assertThat(replaced.getOrder()).isEqualTo(7);
		assertThat(((HandshakeWebSocketService) replaced.getWebSocketService()).getUpgradeStrategy())
			.isInstanceOf(UnsupportedRequestUpgradeStrategy.class);
		assertThat(UnsupportedRequestUpgradeStrategy.replaceIn(replaced)).isSameAs(replaced);
	}

	@Test
	void whatTheApplicationBroughtIsLeftAlone() {
		WebSocketHandlerAdapter strategy = new WebSocketHandlerAdapter(new HandshakeWebSocketService(new Own()));
		WebSocketHandlerAdapter service = new WebSocketHandlerAdapter((exchange, handler) -> Mono.empty());
		assertThat(UnsupportedRequestUpgradeStrategy.replaceIn(strategy)).isSameAs(strategy);
		assertThat(UnsupportedRequestUpgradeStrategy.replaceIn(service)).isSameAs(service);
	}

	private static final class Own implements RequestUpgradeStrategy {

		@Override
		public Mono<Void> upgrade(ServerWebExchange exchange, WebSocketHandler handler, @Nullable String subProtocol,
				Supplier<HandshakeInfo> handshakeInfoFactory) {
			return Mono.empty();
		}

	}

	@Configuration
	static class Application extends WebFluxConfigurationSupport {

		@Bean
		HandlerMapping sockets() {
			WebSocketHandler handler = (session) -> session.close();
			return new SimpleUrlHandlerMapping(Map.of("/socket", handler), -1);
		}

		@Override
		@Bean
		public WebSocketHandlerAdapter webFluxWebSocketHandlerAdapter() {
			return UnsupportedRequestUpgradeStrategy.replaceIn(super.webFluxWebSocketHandlerAdapter());
		}

	}

}
