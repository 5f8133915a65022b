package io.millrace.core.http;

import io.millrace.core.worker.WorkerPool;

/**
 * What the engine supplies to all exchanges.
 *
 * @param origins who tells where a request came from
 * @param workers runs what may block
 * @param errors answers where no application does
 */
public record HttpServices(OriginResolver origins, WorkerPool workers, ErrorResponder errors) {

}
