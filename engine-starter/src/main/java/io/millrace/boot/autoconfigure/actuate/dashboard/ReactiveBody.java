package io.millrace.boot.autoconfigure.actuate.dashboard;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * A response that writes itself, with its headers, which the result of an operation has
 * no place for.
 */
interface ReactiveBody {

	/**
	 * Write the response.
	 * @param method the method of the request
	 * @param response the response
	 * @return completed with the response
	 */
	Mono<Void> writeTo(HttpMethod method, ServerHttpResponse response);

}
