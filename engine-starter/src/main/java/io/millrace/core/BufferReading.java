package io.millrace.core;

import io.millrace.core.observe.EngineSnapshot;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Reads what an allocator says of itself. Netty's adaptive one, which is its default,
 * does not know how much of its memory is in use.
 */
final class BufferReading {

	private static final long UNKNOWN = -1;

	private BufferReading() {
	}

	/**
	 * Read.
	 * @param allocator the allocator
	 * @return one reading, zero used where it tells nothing
	 */
	static EngineSnapshot.Buffers of(ByteBufAllocator allocator) {
		long heap = 0;
		long direct = 0;
		if (allocator instanceof ByteBufAllocatorMetricProvider telling) {
			ByteBufAllocatorMetric metric = telling.metric();
			heap = metric.usedHeapMemory();
			direct = metric.usedDirectMemory();
		}
		if (allocator instanceof PooledByteBufAllocator pooled) {
			return new EngineSnapshot.Buffers(heap, direct, pooled.pinnedHeapMemory(), pooled.pinnedDirectMemory());
		}
		return new EngineSnapshot.Buffers(heap, direct, UNKNOWN, UNKNOWN);
	}

}
