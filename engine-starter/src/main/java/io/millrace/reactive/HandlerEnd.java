package io.millrace.reactive;

import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.web.reactive.socket.CloseStatus;

/**
 * Waits for a WebSocket handler, and closes its session when it is done.
 */
final class HandlerEnd implements CoreSubscriber<Void> {

	private static final Logger logger = LoggerFactory.getLogger(HandlerEnd.class);

	private final ExchangeWebSocketSession session;

	private final Context context;

	HandlerEnd(ExchangeWebSocketSession session, ContextView context) {
		this.session = session;
		this.context = Context.of(context);
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Void nothing) {
	}

	@Override
	public void onError(Throwable failure) {
		if (this.session.isOpen()) {
			logger.error("{}The WebSocket handler failed", this.session.getHandshakeInfo().getLogPrefix(), failure);
		}
		this.session.closeNow(CloseStatus.SERVER_ERROR);
	}

	@Override
	public void onComplete() {
		this.session.closeNow(CloseStatus.NORMAL);
	}

}
