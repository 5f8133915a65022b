package io.millrace.reactive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.DisconnectedClientHelper;

import static org.assertj.core.api.Assertions.assertThat;

class BodyPublisherTests {

	private final FakeStream stream = new FakeStream();

	private final Received received = new Received();

	private final Exchange exchange;

	private final BodyPublisher body;

	BodyPublisherTests() throws ProtocolException {
		this.exchange = this.stream.post("/");
		this.body = new BodyPublisher(this.exchange, new NettyDataBufferFactory(this.exchange.allocator()));
	}

	@Test
	void nothingIsReadBeforeItIsRequested() {
		this.body.subscribe(this.received);
		assertThat(this.stream.reads).isZero();
		this.received.request(1);
		assertThat(this.stream.reads).isOne();
	}

	@Test
	void demandIsKeptToTheLetter() {
		this.body.subscribe(this.received);
		this.received.request(2);
		this.stream.receive("a");
		this.stream.receive("b");
		this.stream.receive("c");
		assertThat(this.received.texts).containsExactly("a", "b");
		this.received.request(1);
		assertThat(this.received.texts).containsExactly("a", "b", "c");
		assertThat(this.received.complete).isFalse();
	}

	@Test
	void theEndNeedsNoDemand() {
		this.body.subscribe(this.received);
		this.stream.receive("a");
		this.stream.receiveEnd();
		this.received.request(1);
		assertThat(this.received.texts).containsExactly("a");
		assertThat(this.received.complete).isTrue();
	}

	@Test
	void theEndIsSignalledWhenItComesLater() {
		this.body.subscribe(this.received);
		this.received.requestUnbounded();
		this.stream.receive("a");
		assertThat(this.received.complete).isFalse();
		this.stream.receiveEnd();
		assertThat(this.received.complete).isTrue();
	}

	@Test
	void aSubscriberThatRequestsOneByOneNeedsNoDeepStack() {
		int parts = 20_000;
		Received oneByOne = new Received() {

			@Override
			protected void hookOnNext(DataBuffer buffer) {
				super.hookOnNext(buffer);
				request(1);
			}

		};
		// Smaller ones would be put together.
		String part = "x".repeat(1025);
		for (int i = 0; i < parts; i++) {
			this.stream.receive(part);
		}
		this.stream.receiveEnd();
		this.body.subscribe(oneByOne);
		oneByOne.request(1);
		assertThat(oneByOne.texts).hasSize(parts);
		assertThat(oneByOne.complete).isTrue();
	}

	@Test
	void aSecondSubscriberIsRefused() {
		Received second = new Received();
		this.body.subscribe(this.received);
		this.body.subscribe(second);
		assertThat(second.failure).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void afterCancellationNothingIsRead() {
		ByteBuf part = this.stream.buffer("late");
		this.body.subscribe(this.received);
		this.received.requestUnbounded();
		this.received.cancel();
		this.exchange.receivedBody().offer(part);
		assertThat(this.received.texts).isEmpty();
		this.exchange.complete();
		assertThat(part.refCnt()).isZero();
	}

	@Test
	void aLostClientIsRecognisedAsOne() {
		this.body.subscribe(this.received);
		this.received.request(1);
		this.stream.disconnect();
		this.stream.executor.turn();
		assertThat(this.received.failure).isInstanceOf(IOException.class);
		assertThat(DisconnectedClientHelper.isClientDisconnectedException(this.received.failure)).isTrue();
	}

	@Test
	void aSubscriberThatIsCancelledAtTheEndOfTheExchangeIsNotToldOfAFailure() {
		this.body.subscribe(this.received);
		this.received.request(1);
		this.exchange.onEnd((outcome) -> this.received.cancel());
		this.stream.disconnect();
		this.stream.executor.turn();
		assertThat(this.received.failure).isNull();
	}

	@Test
	void aRefusalOfTheEngineKeepsItsStatus() {
		this.body.subscribe(this.received);
		this.received.request(1);
		this.exchange.receivedBody()
			.fail(new ProtocolException(ProtocolException.Kind.LIMIT, 413, "The body is too large"));
		assertThat(this.received.failure).isInstanceOfSatisfying(ResponseStatusException.class,
				(failure) -> assertThat(failure.getStatusCode().value()).isEqualTo(413));
	}

	@Test
	void aLargePartThatIsTakenAtOnceDoesNotStopTheReading() {
		this.body.subscribe(this.received);
		this.received.requestUnbounded();
		assertThat(this.stream.receive("x".repeat(ReceivedBody.HIGH_WATERMARK))).isTrue();
	}

	@Test
	void aLargePartThatNobodyTakesStopsTheReading() {
		this.body.subscribe(this.received);
		assertThat(this.stream.receive("x".repeat(ReceivedBody.HIGH_WATERMARK))).isFalse();
		this.received.request(1);
		assertThat(this.stream.reads).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 100_000 })
	void aBufferThatIsReleasedOnceTooOftenIsOnlyItsOwn(int size) {
		ByteBuf inbound = this.stream.buffer("x".repeat(size));
		List<DataBuffer> buffers = new ArrayList<>();
		this.body.subscribe(buffers::add);
		this.exchange.receivedBody().offer(inbound.retainedSlice());
		assertThat(buffers).singleElement().satisfies((buffer) -> {
			assertThat(buffer.readableByteCount()).isEqualTo(size);
			DataBufferUtils.release(buffer);
			DataBufferUtils.release(buffer);
		});
		assertThat(inbound.refCnt()).isOne();
		inbound.release();
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 100_000 })
	void aBufferThatIsReleasedTooLateIsNobodyElsesByThen(int size) {
		List<DataBuffer> buffers = new ArrayList<>();
		this.body.subscribe(buffers::add);
		this.exchange.receivedBody().offer(this.stream.buffer("x".repeat(size)));
		DataBufferUtils.release(buffers.get(0));
		ByteBuf later = this.exchange.allocator().buffer(size);
		DataBufferUtils.release(buffers.get(0));
		assertThat(later.refCnt()).isOne();
		later.release();
	}

	private static class Received extends BaseSubscriber<DataBuffer> {

		final List<String> texts = new ArrayList<>();

		boolean complete;

		Throwable failure;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
		}

		@Override
		protected void hookOnNext(DataBuffer buffer) {
			this.texts.add(buffer.toString(StandardCharsets.UTF_8));
			DataBufferUtils.release(buffer);
		}

		@Override
		protected void hookOnComplete() {
			this.complete = true;
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.failure = failure;
		}

	}

}
