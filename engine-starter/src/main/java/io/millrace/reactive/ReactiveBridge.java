package io.millrace.reactive;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Serves a Spring {@link HttpHandler}. Everything runs on the event loop that read the
 * request, as long as the application does not move to another thread.
 */
public final class ReactiveBridge implements ExchangeHandler {

	private final HttpHandler handler;

	// A race is harmless: the loser makes a second factory of the same kind.
	private volatile @Nullable NettyDataBufferFactory bufferFactory;

	/**
	 * Create a bridge.
	 * @param handler the application
	 */
	public ReactiveBridge(HttpHandler handler) {
		this.handler = handler;
	}

	@Override
	public void handle(Exchange exchange) throws Exception {
		NettyDataBufferFactory factory = bufferFactory(exchange.allocator());
		ExchangeServerHttpRequest request = ExchangeServerHttpRequest.of(exchange, factory);
		ExchangeServerHttpResponse response = new ExchangeServerHttpResponse(exchange, factory);
		boolean head = request.getMethod().equals(HttpMethod.HEAD);
		ServerHttpResponse visible = head ? new HeadServerHttpResponse(response) : response;
		HandlerSubscriber end = new HandlerSubscriber(exchange, response);
		this.handler.handle(request, visible).subscribe(end);
		end.watch();
	}

	private NettyDataBufferFactory bufferFactory(ByteBufAllocator allocator) {
		NettyDataBufferFactory factory = this.bufferFactory;
		if (factory == null || factory.getByteBufAllocator() != allocator) {
			factory = new NettyDataBufferFactory(allocator);
			this.bufferFactory = factory;
		}
		return factory;
	}

}
