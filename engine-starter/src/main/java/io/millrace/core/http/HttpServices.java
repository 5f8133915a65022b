package io.millrace.core.http;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.worker.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * What the engine supplies to all exchanges.
 *
 * @param origins who tells where a request came from
 * @param workers runs what may block
 * @param errors answers where no application does
 * @param rateLimiter says how many requests may come in some time, {@code null} for any
 * number
 * @param observer is told what handlers see that nobody else does
 * @param compression compresses responses, {@code null} for none
 * @param decompression decompresses request bodies, {@code null} where they are left as
 * they come
 */
public record HttpServices(OriginResolver origins, WorkerPool workers, ErrorResponder errors,
		@Nullable RateLimiter rateLimiter, EngineObserver observer, @Nullable ResponseCompression compression,
		@Nullable RequestDecompression decompression) {

	private static final EngineObserver NOBODY = new EngineObserver() {
	};

	/**
	 * Services without a limit of requests in time, of which nobody is told and that
	 * change no body.
	 * @param origins who tells where a request came from
	 * @param workers runs what may block
	 * @param errors answers where no application does
	 */
	public HttpServices(OriginResolver origins, WorkerPool workers, ErrorResponder errors) {
		this(origins, workers, errors, null, NOBODY, null, null);
	}

}
