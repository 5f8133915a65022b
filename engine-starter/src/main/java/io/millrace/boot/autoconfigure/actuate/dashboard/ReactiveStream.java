package io.millrace.boot.autoconfigure.actuate.dashboard;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * The stream in WebFlux.
 *
 * @param broadcaster who writes it
 */
record ReactiveStream(EventBroadcaster broadcaster) implements ReactiveBody {

	@Override
	public Mono<Void> writeTo(HttpMethod method, ServerHttpResponse response) {
		if (method.equals(HttpMethod.HEAD)) {
			return new ReactivePage(StreamHeaders.headOnly()).writeTo(method, response);
		}
		ReactiveSubscriber subscriber = new ReactiveSubscriber(this.broadcaster);
		String refusal = this.broadcaster.add(subscriber);
		if (refusal != null) {
			return new ReactivePage(Page.unavailable(refusal)).writeTo(method, response);
		}
		response.getHeaders().set(HttpHeaders.CONTENT_TYPE, StreamHeaders.CONTENT_TYPE);
		StreamHeaders.OTHERS.forEach(response.getHeaders()::set);
		Flux<Mono<DataBuffer>> events = subscriber.events()
			.map((event) -> Mono.fromSupplier(() -> response.bufferFactory().wrap(event)));
		// Also where nobody ever subscribes to the events.
		return response.writeAndFlushWith(events).doFinally((signal) -> subscriber.end());
	}

}
