package io.millrace.boot.autoconfigure.reactive;

import java.util.HashMap;
import java.util.Map;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;

/**
 * Makes {@code server.mime-mappings} mean the same to WebFlux's static resources as to
 * those of servlet applications. Boot's reactive servers ignore it.
 */
class MimeMappingsPostProcessor implements BeanPostProcessor {

	private final BeanFactory beanFactory;

	MimeMappingsPostProcessor(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractUrlHandlerMapping mapping) {
			mapping.getHandlerMap().values().forEach(this::customize);
		}
		return bean;
	}

	private void customize(Object handler) {
		if (handler instanceof ResourceWebHandler resources) {
			Map<String, MediaType> types = new HashMap<>();
			for (MimeMappings.Mapping mapping : this.beanFactory.getBean(ServerProperties.class).getMimeMappings()) {
				types.put(mapping.getExtension(), MediaType.parseMediaType(mapping.getMimeType()));
			}
			if (!types.isEmpty()) {
				// What the application itself has set stands above the properties.
				types.putAll(resources.getMediaTypes());
				resources.setMediaTypes(types);
			}
		}
	}

}
