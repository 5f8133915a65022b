package io.millrace.core.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link Exchange} and {@link ResponseBody}.
 */
class ExchangeTests {

	private final TestStream stream = new TestStream(ImmediateEventExecutor.INSTANCE);

	private final Exchange exchange = this.stream.exchange(BodyFraming.NONE);

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text.getBytes());
	}

	@Test
	void theFirstWriteCommitsAndTheLastEnds() {
		List<Exchange.Outcome> outcomes = new ArrayList<>();
		this.exchange.onEnd(outcomes::add);
		assertThat(this.exchange.isCommitted()).isFalse();
		this.exchange.responseBody().write(text("a"), false);
		assertThat(this.exchange.isCommitted()).isTrue();
		assertThat(this.exchange.outcome()).isNull();
		this.exchange.responseBody().write(null, true);
		assertThat(this.exchange.outcome()).isEqualTo(Exchange.Outcome.COMPLETED);
		this.exchange.onEnd(outcomes::add);
		assertThat(outcomes).containsExactly(Exchange.Outcome.COMPLETED, Exchange.Outcome.COMPLETED);
		assertThat(this.stream.calls).containsExactly("write 200 a", "flushSoon", "write 200 last");
	}

	@Test
	void aWriteAfterTheLastIsRefusedAndReleased() {
		this.exchange.responseBody().write(null, true);
		ByteBuf late = text("late");
		assertThatIllegalStateException().isThrownBy(() -> this.exchange.responseBody().write(late, false));
		assertThat(late.refCnt()).isZero();
	}

	@Test
	void aWriteAfterAnAbortIsReleasedWithoutAWord() {
		this.exchange.abort(new IOException("of the test"));
		ByteBuf late = text("late");
		this.exchange.responseBody().write(late, true);
		assertThat(late.refCnt()).isZero();
		assertThat(this.exchange.outcome()).isEqualTo(Exchange.Outcome.ABORTED);
		this.exchange.complete();
		assertThat(this.exchange.outcome()).isEqualTo(Exchange.Outcome.ABORTED);
	}

	@Test
	void aWriteAfterARefusalIsReleasedWithoutAWord() {
		assertThat(this.exchange.takeOver()).isTrue();
		assertThat(this.exchange.takeOver()).isFalse();
		ByteBuf late = text("late");
		this.exchange.responseBody().write(late, true);
		assertThat(late.refCnt()).isZero();
		assertThat(this.stream.calls).isEmpty();
	}

	@Test
	void aFailureBeforeTheFirstWriteIsAnswered500WithAHeadOfItsOwn() {
		this.exchange.response().status(201);
		this.exchange.response().headers().set("X-Secret", "yes");
		this.exchange.fail(new IllegalStateException("of the test"));
		assertThat(this.stream.calls.get(0)).startsWith("write 500 500 Internal");
		assertThat(this.exchange.sentHead().headers().contains("X-Secret")).isFalse();
		this.exchange.fail(new IllegalStateException("again"));
		assertThat(this.stream.calls).hasSize(2).last().isEqualTo("flush");
	}

	@Test
	void aRefusalByTheApplicationIsAnsweredAsItSays() {
		this.exchange.fail(ProtocolException.badRequest("of the test"));
		assertThat(this.stream.calls).containsExactly("refuse 400");
	}

	@Test
	void aFailureAfterTheFirstWriteResets() {
		this.exchange.responseBody().write(text("a"), false);
		this.exchange.fail(ProtocolException.badRequest("of the test"));
		assertThat(this.stream.calls).containsExactly("write 200 a", "flushSoon", "reset");
	}

	@Test
	void aListenerThatFailsHarmsNoOther() {
		List<Exchange.Outcome> outcomes = new ArrayList<>();
		this.exchange.onEnd((outcome) -> {
			throw new IllegalStateException("of the test");
		});
		this.exchange.onEnd(outcomes::add);
		this.exchange.complete();
		assertThat(outcomes).hasSize(1);
	}

	@Test
	void aStreamThatCannotWriteAPartResetsTheExchange() {
		this.stream.failure = new IllegalStateException("of the test");
		ByteBuf part = text("a");
		this.exchange.responseBody().write(part, true);
		part.release();
		assertThat(this.stream.calls).contains("reset");
		assertThat(this.exchange.outcome()).isEqualTo(Exchange.Outcome.ABORTED);
	}

	@Test
	void whoWaitsToWriteIsToldWhenThereIsRoomAndWhenItIsOver() {
		List<String> told = new ArrayList<>();
		this.stream.writable = false;
		this.exchange.responseBody().onWritable(() -> told.add("never, replaced"));
		this.exchange.responseBody().onWritable(() -> told.add("room"));
		this.exchange.responseBody().tellWritable();
		assertThat(told).isEmpty();
		this.stream.writable = true;
		this.exchange.responseBody().tellWritable();
		assertThat(told).containsExactly("room");
		this.stream.writable = false;
		this.exchange.responseBody().onWritable(() -> told.add("over"));
		this.exchange.abort(new IOException("of the test"));
		assertThat(told).containsExactly("room", "over");
	}

	@Test
	void partsOfAnotherThreadReachTheLoopInOrder() throws Exception {
		DefaultEventExecutor loop = new DefaultEventExecutor();
		try {
			TestStream threaded = new TestStream(loop);
			Exchange other = threaded.exchange(BodyFraming.NONE);
			CountDownLatch ended = new CountDownLatch(1);
			other.onEnd((outcome) -> ended.countDown());
			StringBuilder expected = new StringBuilder();
			for (int i = 0; i < 1000; i++) {
				other.responseBody().write(text("p" + i), i == 999);
				expected.append("p").append(i);
			}
			assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
			loop.submit(() -> {
			}).get();
			StringBuilder written = new StringBuilder();
			threaded.calls.stream()
				.filter((call) -> call.startsWith("write"))
				.forEach((call) -> written.append(call.split(" ")[2]));
			assertThat(written).hasToString(expected.toString());
		}
		finally {
			loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void manyPartsOnTheWayToTheLoopAreEnough() throws Exception {
		DefaultEventExecutor loop = new DefaultEventExecutor();
		try {
			TestStream threaded = new TestStream(loop);
			Exchange other = threaded.exchange(BodyFraming.NONE);
			CountDownLatch busy = new CountDownLatch(1);
			loop.execute(() -> {
				try {
					busy.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
			other.responseBody().write(Unpooled.buffer(70_000).writeZero(70_000), false);
			assertThat(other.responseBody().isWritable()).isFalse();
			CountDownLatch room = new CountDownLatch(1);
			other.responseBody().onWritable(room::countDown);
			busy.countDown();
			assertThat(room.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(other.responseBody().isWritable()).isTrue();
		}
		finally {
			loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void whatIsWrittenAfterTheLoopHasEndedIsReleased() throws Exception {
		DefaultEventExecutor loop = new DefaultEventExecutor();
		TestStream threaded = new TestStream(loop);
		Exchange other = threaded.exchange(BodyFraming.CHUNKED);
		loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).get();
		ByteBuf late = text("late");
		other.responseBody().write(late, false);
		other.fail(new IllegalStateException("of the test"));
		assertThat(other.requestBody().read()).isNull();
		assertThat(late.refCnt()).isZero();
	}

	@Test
	void aTakeOverAndACommitOfAnotherThreadNeverBothSucceed() throws Exception {
		for (int round = 0; round < 2000; round++) {
			Exchange contested = this.stream.exchange(BodyFraming.NONE);
			CountDownLatch start = new CountDownLatch(1);
			boolean[] committed = new boolean[1];
			Thread worker = new Thread(() -> {
				start.countDown();
				committed[0] = contested.commit();
			});
			worker.start();
			start.await();
			boolean taken = contested.takeOver();
			worker.join();
			assertThat(taken).isNotEqualTo(committed[0]);
		}
	}

}
