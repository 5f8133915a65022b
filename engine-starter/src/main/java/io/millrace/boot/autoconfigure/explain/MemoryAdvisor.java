package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import org.springframework.util.unit.DataSize;

/**
 * Looks whether what is allowed at once has room in memory.
 */
class MemoryAdvisor implements Advisor {

	// What an open connection takes without a request: objects of ours and of Netty's.
	private static final long IDLE_CONNECTION = 8 * 1024;

	// 64 KB read ahead and 64 KB not sent, of clients that do not read.
	private static final long WORST_CONNECTION = 128 * 1024;

	private static final String BODY = "millrace.max-request-body-size";

	private static final String CONNECTIONS = "millrace.max-connections";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		adviseOfConnections(situation, advice);
		adviseOfBodies(situation, advice);
		adviseOfContainer(situation, advice);
	}

	private static void adviseOfConnections(Situation situation, Consumer<Advice> advice) {
		Jvm jvm = situation.machine().jvm();
		long connections = situation.config().listener().maxConnections();
		if (connections * IDLE_CONNECTION > jvm.maxHeap() / 2) {
			advice.accept(Advice.warning("heap-connections",
					connections + " connections are allowed (" + CONNECTIONS + "), and the heap may have "
							+ size(jvm.maxHeap()),
					"Idle connections alone, at some 8 KB each, would take more than half of it", CONNECTIONS + "="
							+ Math.max(1, jvm.maxHeap() / 4 / IDLE_CONNECTION) + ", or a larger heap (-Xmx)"));
		}
		else if (connections * WORST_CONNECTION > jvm.maxDirect()) {
			advice.accept(Advice.info("direct-memory-connections",
					connections + " connections are allowed (" + CONNECTIONS + "), and there may be "
							+ size(jvm.maxDirect()) + " in buffers outside of the heap",
					"Clients that send and do not read take up to 128 KB each: " + (jvm.maxDirect() / WORST_CONNECTION)
							+ " of them would take all",
					CONNECTIONS + "=" + Math.max(1, jvm.maxDirect() / WORST_CONNECTION)
							+ ", or more of it (-XX:MaxDirectMemorySize)"));
		}
	}

	private static void adviseOfBodies(Situation situation, Consumer<Advice> advice) {
		long body = situation.config().http1().maxBodySize();
		long heap = situation.machine().jvm().maxHeap();
		int atOnce = situation.atOnce();
		String why = "A handler that reads a body as a whole, as @RequestBody does, has all of it in the heap: requests "
				+ "fail with OutOfMemoryError, and others with them";
		if (body == 0) {
			advice.accept(Advice.info("body-size", "request bodies may be of any size (" + BODY + " is 0)", why,
					BODY + "=10MB, or what the largest legitimate request needs"));
		}
		else if (body > heap / 2) {
			advice.accept(Advice.warning("body-size",
					"a request body may have " + size(body) + " (" + BODY + "), and the heap " + size(heap), why,
					BODY + "=" + size(Math.max(1, heap / 16)) + ", or a larger heap (-Xmx)"));
		}
		else if (atOnce > 0 && body > heap / atOnce) {
			advice.accept(Advice.info("body-size",
					"a request body may have " + size(body) + " (" + BODY + "), " + atOnce
							+ " requests are handled at once (" + situation.atOnceProperty()
							+ "), and the heap may have " + size(heap),
					"Handlers that read bodies as a whole have room for " + heap / body + " of the largest at once",
					"a route with max-concurrency for uploads, or a smaller " + BODY));
		}
	}

	private static void adviseOfContainer(Situation situation, Consumer<Advice> advice) {
		Long memory = situation.machine().linux().memory();
		Jvm jvm = situation.machine().jvm();
		if (memory == null) {
			return;
		}
		if (jvm.maxHeap() > memory / 10 * 9) {
			advice.accept(Advice.warning("heap-container",
					"the heap may have " + size(jvm.maxHeap()) + ", and the control group allows the process "
							+ size(memory),
					"Buffers, stacks and code need memory besides: the kernel kills the process, without a word in its log",
					"-XX:MaxRAMPercentage=60, or -Xmx" + memory / 10 * 6 / 1024 / 1024
							+ "m, or a higher limit of memory"));
		}
		else if (situation.mode() == io.millrace.core.worker.WorkerMode.POOL) {
			long stacks = situation.concurrency() * jvm.threadStack();
			if (jvm.maxHeap() + stacks > memory && stacks > memory / 4) {
				advice.accept(Advice.warning("thread-memory",
						situation.concurrency()
								+ " threads may be there (millrace.worker.max-threads) with stacks of up to "
								+ size(jvm.threadStack()) + " each, besides a heap of " + size(jvm.maxHeap())
								+ ", and the control group allows the process " + size(memory),
						"Deep calls in many threads have the kernel kill the process, without a word in its log",
						"fewer threads, smaller stacks (-Xss512k), or millrace.worker.mode=virtual on JDK 21 or later"));
			}
		}
	}

	private static String size(long bytes) {
		long rounded = (bytes >= 1 << 20) ? bytes >> 20 << 20 : ((bytes >= 1 << 10) ? bytes >> 10 << 10 : bytes);
		return String.valueOf(SettingValues.of(DataSize.ofBytes(rounded)));
	}

}
