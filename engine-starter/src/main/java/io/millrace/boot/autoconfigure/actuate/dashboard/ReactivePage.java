package io.millrace.boot.autoconfigure.actuate.dashboard;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * A page in WebFlux.
 *
 * @param page the page
 */
record ReactivePage(Page page) implements ReactiveBody {

	@Override
	public Mono<Void> writeTo(HttpMethod method, ServerHttpResponse response) {
		byte[] content = this.page.content();
		response.setStatusCode(HttpStatusCode.valueOf(this.page.status()));
		response.getHeaders().set(HttpHeaders.CONTENT_TYPE, this.page.contentType());
		this.page.headers().forEach(response.getHeaders()::set);
		response.getHeaders().setContentLength(content.length);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(content)));
	}

}
