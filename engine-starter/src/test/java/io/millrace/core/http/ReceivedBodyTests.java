package io.millrace.core.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ReceivedBody}.
 */
class ReceivedBodyTests {

	private final TestStream stream = new TestStream(ImmediateEventExecutor.INSTANCE);

	private final Exchange exchange = this.stream.exchange(BodyFraming.CHUNKED);

	private final ReceivedBody body = this.exchange.receivedBody();

	private static ByteBuf bytes(int size) {
		return Unpooled.buffer(size).writeZero(size);
	}

	private int readOne() throws IOException {
		ByteBuf part = this.body.read();
		if (part == null) {
			return -1;
		}
		int size = part.readableBytes();
		part.release();
		return size;
	}

	@Test
	void aRequestWithoutBodyHasEndedFromTheStart() throws Exception {
		RequestBody none = this.stream.exchange(BodyFraming.NONE).requestBody();
		assertThat(none.isEnded()).isTrue();
		assertThat(none.read()).isNull();
		List<String> told = new ArrayList<>();
		none.demand(() -> told.add("told"));
		assertThat(told).hasSize(1);
		assertThat(this.stream.calls).isEmpty();
	}

	@Test
	void theStreamIsAskedOnceWhenSomebodyReadsFirst() throws Exception {
		assertThat(readOne()).isEqualTo(-1);
		assertThat(readOne()).isEqualTo(-1);
		assertThat(this.stream.calls).containsExactly("readBody");
	}

	@Test
	void theStreamIsAskedOnceWhenSomebodyDemandsFirst() {
		this.body.demand(() -> {
		});
		assertThat(this.stream.calls).containsExactly("readBody");
	}

	@Test
	void onlyOneMayWait() {
		this.body.demand(() -> {
		});
		assertThatIllegalStateException().isThrownBy(() -> this.body.demand(() -> {
		}));
	}

	@Test
	void whoWaitsIsToldOnceForPartsEndAndFailure() throws Exception {
		List<String> told = new ArrayList<>();
		this.body.demand(() -> told.add("part"));
		assertThat(this.body.offer(bytes(3))).isTrue();
		assertThat(this.body.offer(bytes(4))).isTrue();
		assertThat(told).containsExactly("part");
		assertThat(readOne()).isEqualTo(3);
		assertThat(readOne()).isEqualTo(4);
		assertThat(this.body.isEnded()).isFalse();
		this.body.demand(() -> told.add("end"));
		this.body.end(new DefaultHttpHeaders().add("a", "b"));
		assertThat(told).containsExactly("part", "end");
		assertThat(this.body.isEnded()).isTrue();
		assertThat(this.body.trailers().get("A")).isEqualTo("b");
		assertThat(this.body.received()).isEqualTo(7);
	}

	@Test
	void aBodyIsPausedAboveTheWatermarkAndGoesOnBelowTheLowerOne() throws Exception {
		assertThat(readOne()).isEqualTo(-1);
		this.stream.calls.clear();
		assertThat(this.body.offer(bytes(40_000))).isTrue();
		assertThat(this.body.offer(bytes(20_000))).isTrue();
		assertThat(this.body.offer(bytes(10_000))).isFalse();
		assertThat(readOne()).isEqualTo(40_000);
		assertThat(this.stream.calls).isEmpty();
		assertThat(readOne()).isEqualTo(20_000);
		assertThat(this.stream.calls).containsExactly("readBody");
		assertThat(readOne()).isEqualTo(10_000);
		assertThat(readOne()).isEqualTo(-1);
		assertThat(this.stream.calls).containsExactly("readBody");
	}

	@Test
	void partsWeighMoreThanTheirBytes() {
		int parts = 1;
		while (this.body.offer(bytes(1100))) {
			parts++;
		}
		assertThat(parts).isBetween(45, 55);
		this.body.discard();
	}

	@Test
	void smallPartsThatNobodyReadsArePutTogether() throws Exception {
		int offered = 0;
		do {
			offered++;
		}
		while (this.body.offer(Unpooled.buffer(1).writeByte(offered)) && offered < 100_000);
		assertThat(offered).isBetween(50_000, ReceivedBody.HIGH_WATERMARK);
		int parts = 0;
		int read = 0;
		ByteBuf part;
		while ((part = this.body.read()) != null) {
			parts++;
			while (part.isReadable()) {
				assertThat(part.readByte()).isEqualTo((byte) ++read);
			}
			part.release();
		}
		assertThat(read).isEqualTo(offered);
		assertThat(parts).isLessThan(30);
	}

	@Test
	void aPartThatIsReadGetsNothingMore() throws Exception {
		this.body.offer(bytes(1));
		this.body.offer(bytes(2));
		assertThat(readOne()).isEqualTo(1);
		ByteBuf taken = this.body.read();
		this.body.offer(bytes(3));
		this.body.offer(bytes(4));
		this.body.offer(bytes(2000));
		this.body.offer(bytes(5));
		assertThat(taken.readableBytes()).isEqualTo(2);
		taken.release();
		assertThat(readOne()).isEqualTo(3);
		assertThat(readOne()).isEqualTo(4);
		assertThat(readOne()).isEqualTo(2000);
		assertThat(readOne()).isEqualTo(5);
		assertThat(readOne()).isEqualTo(-1);
	}

	@Test
	void aConsumerThatMakesRoomAtOnceIsNotPaused() {
		this.body.demand(() -> {
			try {
				while (readOne() >= 0) {
					// all of it
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(this.body.offer(bytes(ReceivedBody.HIGH_WATERMARK))).isTrue();
	}

	@Test
	void afterAFailureWhatIsHereIsReleasedAndWhatComesToo() {
		ByteBuf first = bytes(1);
		ByteBuf second = bytes(1);
		List<String> told = new ArrayList<>();
		this.body.offer(first);
		this.body.fail(new IOException("of the test"));
		this.body.fail(new IOException("another"));
		assertThat(this.body.offer(second)).isTrue();
		assertThat(first.refCnt()).isZero();
		assertThat(second.refCnt()).isZero();
		assertThatIOException().isThrownBy(this.body::read).withMessage("of the test");
		assertThat(this.body.isEnded()).isFalse();
		this.body.demand(() -> told.add("told"));
		assertThat(told).hasSize(1);
	}

	@Test
	void aConsumerThatFailsHarmsNobody() {
		this.body.demand(() -> {
			throw new IllegalStateException("of the test");
		});
		assertThat(this.body.offer(bytes(1))).isTrue();
		this.body.discard();
	}

	@Test
	void whatIsNotReadWhenTheExchangeEndsIsReleased() {
		ByteBuf part = bytes(1);
		this.body.offer(part);
		this.body.end(EmptyHttpHeaders.INSTANCE);
		this.exchange.complete();
		assertThat(part.refCnt()).isZero();
		assertThatIOException().isThrownBy(this.body::read);
	}

	@Test
	void aBodyThatWasReadStaysReadWhenTheExchangeEnds() throws Exception {
		this.body.offer(bytes(1));
		this.body.end(EmptyHttpHeaders.INSTANCE);
		assertThat(readOne()).isOne();
		this.exchange.complete();
		assertThat(this.body.isEnded()).isTrue();
		assertThat(readOne()).isEqualTo(-1);
	}

}
