package io.millrace.boot.autoconfigure.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.boot.autoconfigure.MappedHandler;
import io.millrace.boot.autoconfigure.MappedHandlers;
import jakarta.servlet.ServletContext;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The methods of controllers that Spring MVC maps requests to, by the dispatcher servlet
 * of the application.
 */
class MvcHandlers implements MappedHandlers {

	private final WebApplicationContext context;

	MvcHandlers(WebApplicationContext context) {
		this.context = context;
	}

	@Override
	public List<MappedHandler> find() {
		String prefix = contextPath() + dispatcherPrefix();
		List<MappedHandler> handlers = new ArrayList<>();
		for (RequestMappingInfoHandlerMapping mapping : BeanFactoryUtils
			.beansOfTypeIncludingAncestors(this.context, RequestMappingInfoHandlerMapping.class, true, false)
			.values()) {
			PathPatternParser parser = mapping.getPatternParser();
			boolean caseSensitive = parser == null || parser.isCaseSensitive();
			mapping.getHandlerMethods()
				.forEach((info, handler) -> handlers.add(mapped(info, handler, prefix, caseSensitive)));
		}
		return handlers;
	}

	private String contextPath() {
		ServletContext servletContext = this.context.getServletContext();
		return (servletContext != null) ? servletContext.getContextPath() : "";
	}

	private String dispatcherPrefix() {
		DispatcherServletPath path = this.context.getBeanProvider(DispatcherServletPath.class).getIfUnique();
		return (path != null) ? path.getPrefix() : "";
	}

	private static MappedHandler mapped(RequestMappingInfo info, HandlerMethod handler, String prefix,
			boolean caseSensitive) {
		Set<String> methods = info.getMethodsCondition()
			.getMethods()
			.stream()
			.map(Enum::name)
			.collect(Collectors.toUnmodifiableSet());
		return new MappedHandler(handler.getBeanType(), handler.getMethod(), prefix, patterns(info), caseSensitive,
				methods);
	}

	// Mappings by AntPathMatcher have none that are parsed.
	private static List<PathPattern> patterns(RequestMappingInfo info) {
		PathPatternsRequestCondition condition = info.getPathPatternsCondition();
		return (condition != null) ? List.copyOf(condition.getPatterns())
				: info.getPatternValues().stream().map(PathPatternParser.defaultInstance::parse).toList();
	}

}
