package io.millrace.core.http1;

import java.util.IdentityHashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Inbound}.
 */
class InboundTests {

	private final UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

	private final Inbound inbound = new Inbound();

	private ByteBuf bytes(int... values) {
		ByteBuf bytes = this.allocator.directBuffer(values.length, values.length);
		for (int value : values) {
			bytes.writeByte(value);
		}
		return bytes;
	}

	@Test
	void whatComesFirstIsKeptAsItIs() {
		ByteBuf first = bytes(1, 2);
		this.inbound.add(this.allocator, first);
		assertThat(this.inbound.bytes()).isSameAs(first);
		this.inbound.bytes().skipBytes(2);
		ByteBuf second = bytes(3);
		this.inbound.add(this.allocator, second);
		assertThat(first.refCnt()).isZero();
		assertThat(this.inbound.bytes()).isSameAs(second);
		this.inbound.clear();
		assertThat(second.refCnt()).isZero();
	}

	@Test
	void singleBytesAreJoinedWithoutCopyingThemOverAndOver() {
		Map<ByteBuf, Boolean> buffers = new IdentityHashMap<>();
		for (int i = 0; i < 65_536; i++) {
			ByteBuf one = bytes(i & 0xFF);
			this.inbound.add(this.allocator, one);
			buffers.put(this.inbound.bytes(), true);
		}
		assertThat(this.inbound.size()).isEqualTo(65_536);
		for (int i = 0; i < 65_536; i++) {
			assertThat(this.inbound.bytes().getByte(i)).isEqualTo((byte) i);
		}
		assertThat(buffers).hasSizeLessThan(20);
		this.inbound.clear();
		assertThat(buffers.keySet()).allMatch((buffer) -> buffer.refCnt() == 0);
	}

	@Test
	void aPartThatSomebodyHoldsIsNotWrittenTo() {
		ByteBuf first = this.allocator.directBuffer(10).writeBytes(new byte[] { 1, 2, 3 });
		this.inbound.add(this.allocator, first);
		ByteBuf part = this.inbound.bytes().readRetainedSlice(2);
		this.inbound.add(this.allocator, bytes(4));
		assertThat(this.inbound.bytes()).isNotSameAs(first);
		assertThat(this.inbound.size()).isEqualTo(2);
		assertThat(part.getByte(1)).isEqualTo((byte) 2);
		part.release();
		assertThat(first.refCnt()).isZero();
		this.inbound.clear();
	}

	@Test
	void whatWasUnderstoodTakesNoMemory() {
		ByteBuf first = bytes(1);
		this.inbound.add(this.allocator, first);
		this.inbound.trim();
		assertThat(first.refCnt()).isOne();
		this.inbound.bytes().skipBytes(1);
		this.inbound.trim();
		assertThat(first.refCnt()).isZero();
		assertThat(this.inbound.isEmpty()).isTrue();
	}

}
