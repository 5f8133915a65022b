package io.millrace.reactive;

import java.nio.file.Path;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.HttpHeadResponseDecorator;

/**
 * The response to a HEAD request. What Spring's own does not know: a file need not be
 * read to leave it out.
 */
final class HeadServerHttpResponse extends HttpHeadResponseDecorator implements ZeroCopyHttpOutputMessage {

	HeadServerHttpResponse(ExchangeServerHttpResponse response) {
		super(response);
	}

	@Override
	public Mono<Void> writeWith(Path file, long position, long count) {
		if (!getHeaders().containsHeader(HttpHeaders.CONTENT_LENGTH)) {
			getHeaders().setContentLength(count);
		}
		return setComplete();
	}

}
