package io.millrace.reactive;

import java.util.concurrent.atomic.AtomicBoolean;

import io.millrace.core.http.Exchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * The body of a request, for one subscriber. What is not requested is not read.
 */
final class BodyPublisher extends Flux<DataBuffer> {

	private final Exchange exchange;

	private final NettyDataBufferFactory factory;

	private final AtomicBoolean subscribed = new AtomicBoolean();

	BodyPublisher(Exchange exchange, NettyDataBufferFactory factory) {
		this.exchange = exchange;
		this.factory = factory;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
		if (this.subscribed.compareAndSet(false, true)) {
			actual.onSubscribe(new BodySubscription(this.exchange, this.factory, actual));
		}
		else {
			Operators.error(actual, new IllegalStateException(
					"The body of a request can be read once, and this one has a subscriber already"));
		}
	}

}
