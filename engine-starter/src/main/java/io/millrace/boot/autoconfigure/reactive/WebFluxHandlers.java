package io.millrace.boot.autoconfigure.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.boot.autoconfigure.MappedHandler;
import io.millrace.boot.autoconfigure.MappedHandlers;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.util.StringUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

/**
 * The methods of controllers that Spring WebFlux maps requests to.
 */
class WebFluxHandlers implements MappedHandlers {

	private final ApplicationContext context;

	WebFluxHandlers(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public List<MappedHandler> find() {
		String prefix = StringUtils
			.trimTrailingCharacter(this.context.getEnvironment().getProperty("spring.webflux.base-path", ""), '/');
		List<MappedHandler> handlers = new ArrayList<>();
		for (RequestMappingInfoHandlerMapping mapping : BeanFactoryUtils
			.beansOfTypeIncludingAncestors(this.context, RequestMappingInfoHandlerMapping.class, true, false)
			.values()) {
			boolean caseSensitive = mapping.getPathPatternParser().isCaseSensitive();
			mapping.getHandlerMethods()
				.forEach((info, handler) -> handlers.add(mapped(info, handler, prefix, caseSensitive)));
		}
		return handlers;
	}

	private static MappedHandler mapped(RequestMappingInfo info, HandlerMethod handler, String prefix,
			boolean caseSensitive) {
		Set<String> methods = info.getMethodsCondition()
			.getMethods()
			.stream()
			.map(Enum::name)
			.collect(Collectors.toUnmodifiableSet());
		return new MappedHandler(handler.getBeanType(), handler.getMethod(), prefix,
				List.copyOf(info.getPatternsCondition().getPatterns()), caseSensitive, methods);
	}

}
