package io.millrace.reactive;

import java.lang.reflect.Field;
import java.util.function.Supplier;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import io.millrace.core.websocket.HandshakeRefusal;
import io.millrace.core.websocket.WebSocketConnection;
import io.millrace.core.websocket.WebSocketHandshake;
import io.millrace.core.websocket.WebSocketOptions;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;

/**
 * Serves the {@link WebSocketHandler WebSocketHandlers} of WebFlux on the connections of
 * the engine. Everything runs on the event loop of the connection, as long as the
 * application does not move to another thread.
 */
public final class MillraceReactiveUpgradeStrategy implements RequestUpgradeStrategy {

	private static final Logger logger = LoggerFactory.getLogger(MillraceReactiveUpgradeStrategy.class);

	private static final String SPRINGS_OWN = "org.springframework.web.reactive.";

	private final WebSocketOptions options;

	/**
	 * Create a strategy.
	 * @param options the limits of its connections
	 */
	public MillraceReactiveUpgradeStrategy(WebSocketOptions options) {
		this.options = options;
	}

	@Override
	public Mono<Void> upgrade(ServerWebExchange exchange, WebSocketHandler handler, @Nullable String subProtocol,
			Supplier<HandshakeInfo> handshakeInfoFactory) {
		Object request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
		if (!(request instanceof Exchange engine)) {
			return Mono.error(new IllegalStateException("The request is not one of Millrace: " + request.getClass()));
		}
		ServerHttpResponse response = exchange.getResponse();
		HandshakeRefusal refusal = WebSocketHandshake.check(engine);
		if (refusal != null) {
			return refuse(response, refusal);
		}
		HandshakeInfo info = handshakeInfoFactory.get();
		DataBufferFactory buffers = response.bufferFactory();
		String place = exchange.getRequest().getURI() + " [MillraceReactiveUpgradeStrategy]";
		// Whoever waits for the response to be committed adds his headers before.
		return response.setComplete().then(Mono.deferContextual((context) -> {
			begin(engine, handler, subProtocol, info, buffers, place, context);
			return Mono.empty();
		}));
	}

	private static Mono<Void> refuse(ServerHttpResponse response, HandshakeRefusal refusal) {
		response.setStatusCode(HttpStatusCode.valueOf(refusal.status()));
		if (refusal.status() == HandshakeRefusal.UPGRADE_REQUIRED) {
			response.getHeaders().set("Sec-WebSocket-Version", WebSocketHandshake.VERSION);
		}
		return response.setComplete();
	}

	private void begin(Exchange engine, WebSocketHandler handler, @Nullable String subProtocol, HandshakeInfo info,
			DataBufferFactory buffers, String place, ContextView context) {
		WebSocketHandshake handshake = WebSocketHandshake.accept(engine, this.options, subProtocol, true);
		handshake.answer((name, value) -> engine.response().headers().set(name, value));
		RequestBody following = engine.upgrade(WebSocketHandshake.PROTOCOL);
		ReceivedMessages received = new ReceivedMessages();
		EventExecutor loop = engine.stream().executor();
		WebSocketConnection connection = new WebSocketConnection(engine, following, handshake, false,
				(task) -> runOn(loop, task), received);
		received.from(connection);
		engine.responseBody().write(null, false);
		String id = engine.connection().id();
		ExchangeWebSocketSession session = new ExchangeWebSocketSession(connection, received, id, info, buffers);
		connection.start();
		HandlerEnd end = new HandlerEnd(session, context);
		Mono<Void> handling;
		try {
			handling = handler.handle(session).checkpoint(place);
		}
		catch (Throwable ex) {
			handling = Mono.error(ex);
		}
		handling.subscribe(end);
	}

	private static void runOn(EventExecutor loop, Runnable task) {
		if (loop.inEventLoop()) {
			task.run();
		}
		else {
			loop.execute(task);
		}
	}

	/**
	 * Put a strategy in the place of one that was made for another server: Spring chooses
	 * by what is on the class path. It is replaced in the service that there is, by its
	 * field, since an application derives from the constructor that says nothing to look
	 * at its clients. A strategy of the application's own is left alone, and so is a
	 * service that is none of Spring's.
	 * @param adapter what calls the WebSocket handlers of the application
	 * @param options the limits of its connections
	 * @return the adapter itself, or where Spring found no server that it knows, one like
	 * it that is served by Millrace
	 */
	public static WebSocketHandlerAdapter replaceIn(WebSocketHandlerAdapter adapter, WebSocketOptions options) {
		WebSocketService service = adapter.getWebSocketService();
		if (service instanceof HandshakeWebSocketService handshake) {
			if (isSprings(handshake.getUpgradeStrategy())) {
				serve(handshake, new MillraceReactiveUpgradeStrategy(options));
			}
		}
		else if (isSprings(service) && adapter.getClass() == WebSocketHandlerAdapter.class) {
			WebSocketHandlerAdapter adapted = new WebSocketHandlerAdapter(
					new HandshakeWebSocketService(new MillraceReactiveUpgradeStrategy(options)));
			adapted.setOrder(adapter.getOrder());
			return adapted;
		}
		return adapter;
	}

	private static boolean isSprings(Object part) {
		return part.getClass().getName().startsWith(SPRINGS_OWN);
	}

	private static void serve(HandshakeWebSocketService service, MillraceReactiveUpgradeStrategy strategy) {
		try {
			Field field = HandshakeWebSocketService.class.getDeclaredField("upgradeStrategy");
			ReflectionUtils.makeAccessible(field);
			field.set(service, strategy);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.warn("{} keeps its strategy, which is made for another server: give it a "
					+ "MillraceReactiveUpgradeStrategy in its constructor", service.getClass().getName(), ex);
		}
	}

}
