package io.millrace.reactive;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Answers 501 to every WebSocket handshake. Spring's own strategies are chosen by what is
 * on the class path and fail with a {@link ClassCastException} on a server that is not
 * theirs.
 */
public final class UnsupportedRequestUpgradeStrategy implements RequestUpgradeStrategy {

	private static final String MESSAGE = "Millrace does not serve WebSockets to reactive applications yet";

	private static final String SPRINGS_OWN = "org.springframework.web.reactive.";

	@Override
	public Mono<Void> upgrade(ServerWebExchange exchange, WebSocketHandler handler, @Nullable String subProtocol,
			Supplier<HandshakeInfo> handshakeInfoFactory) {
		return Mono.error(new ResponseStatusException(HttpStatus.NOT_IMPLEMENTED, MESSAGE));
	}

	/**
	 * Put this strategy in the place of one that was made for another server. A service
	 * or a strategy of the application's own is left alone.
	 * @param adapter what calls the WebSocket handlers of the application
	 * @return the adapter itself, or one like it that answers 501
	 */
	public static WebSocketHandlerAdapter replaceIn(WebSocketHandlerAdapter adapter) {
		WebSocketService service = adapter.getWebSocketService();
		if (!isMadeForAnotherServer(service)) {
			return adapter;
		}
		HandshakeWebSocketService replacement = new HandshakeWebSocketService(new UnsupportedRequestUpgradeStrategy());
		WebSocketHandlerAdapter replaced = new WebSocketHandlerAdapter(replacement);
		replaced.setOrder(adapter.getOrder());
		return replaced;
	}

	// The second kind is what Spring takes where it finds no server that it knows.
	private static boolean isMadeForAnotherServer(WebSocketService service) {
		Class<?> type = (service instanceof HandshakeWebSocketService handshake)
				? handshake.getUpgradeStrategy().getClass() : service.getClass();
		return type != UnsupportedRequestUpgradeStrategy.class && type.getName().startsWith(SPRINGS_OWN);
	}

}
