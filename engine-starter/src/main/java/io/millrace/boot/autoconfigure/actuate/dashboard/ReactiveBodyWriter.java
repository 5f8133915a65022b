package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Lets a {@link ReactiveBody} write itself.
 */
final class ReactiveBodyWriter implements HttpMessageWriter<ReactiveBody> {

	@Override
	public List<MediaType> getWritableMediaTypes() {
		return List.of(MediaType.ALL);
	}

	@Override
	public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
		return ReactiveBody.class.isAssignableFrom(elementType.toClass());
	}

	@Override
	public Mono<Void> write(Publisher<? extends ReactiveBody> body, ResolvableType actualType,
			ResolvableType elementType, @Nullable MediaType mediaType, ServerHttpRequest request,
			ServerHttpResponse response, Map<String, Object> hints) {
		return Mono.from(body).flatMap((one) -> one.writeTo(request.getMethod(), response));
	}

	@Override
	public Mono<Void> write(Publisher<? extends ReactiveBody> body, ResolvableType elementType,
			@Nullable MediaType mediaType, ReactiveHttpOutputMessage message, Map<String, Object> hints) {
		return (message instanceof ServerHttpResponse response)
				? Mono.from(body).flatMap((one) -> one.writeTo(HttpMethod.GET, response))
				: Mono.error(new UnsupportedOperationException("Written in a server only"));
	}

	/**
	 * Adds the writer to those of a context, however these were configured.
	 */
	static final class Registrar implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof ServerCodecConfigurer codecs) {
				codecs.customCodecs().register(new ReactiveBodyWriter());
			}
			return bean;
		}

	}

}
