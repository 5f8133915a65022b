package io.millrace.core.websocket;

import java.util.Queue;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.jctools.queues.MpmcArrayQueue;

/**
 * Compressors and decompressors that nobody uses just now. They are large, outside of the
 * heap, and hold nothing from one message to the next: so a few do for all connections.
 * Any thread may call.
 */
final class CompressionPool {

	private static final int SIZE = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

	private static final Queue<Deflater> DEFLATERS = new MpmcArrayQueue<>(SIZE);

	private static final Queue<Inflater> INFLATERS = new MpmcArrayQueue<>(SIZE);

	private CompressionPool() {
	}

	static Deflater deflater() {
		Deflater idle = DEFLATERS.poll();
		return (idle != null) ? idle : new Deflater(Deflater.DEFAULT_COMPRESSION, true);
	}

	static void release(Deflater used) {
		used.reset();
		if (!DEFLATERS.offer(used)) {
			used.end();
		}
	}

	static Inflater inflater() {
		Inflater idle = INFLATERS.poll();
		return (idle != null) ? idle : new Inflater(true);
	}

	static void release(Inflater used) {
		used.reset();
		if (!INFLATERS.offer(used)) {
			used.end();
		}
	}

}
