package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * One whose response is written by WebFlux, which asks for as much as the client takes.
 */
final class ReactiveSubscriber extends EventSubscriber {

	private final EventBroadcaster broadcaster;

	private volatile @Nullable FluxSink<byte[]> sink;

	ReactiveSubscriber(EventBroadcaster broadcaster) {
		this.broadcaster = broadcaster;
	}

	/**
	 * The events.
	 * @return to be subscribed to once
	 */
	Flux<byte[]> events() {
		return Flux.create(this::start, FluxSink.OverflowStrategy.IGNORE);
	}

	private void start(FluxSink<byte[]> sink) {
		this.sink = sink;
		sink.onDispose(this::end);
		sink.onRequest((more) -> proceed());
		if (isEnded()) {
			// Before anybody has subscribed, so that nobody could be told.
			sink.complete();
		}
	}

	@Override
	boolean isReady() {
		FluxSink<byte[]> current = this.sink;
		return current != null && current.requestedFromDownstream() > 0;
	}

	@Override
	void send(byte[] event) {
		Objects.requireNonNull(this.sink).next(event);
	}

	@Override
	void close() {
		this.broadcaster.remove(this);
		FluxSink<byte[]> current = this.sink;
		if (current != null) {
			current.complete();
		}
	}

}
