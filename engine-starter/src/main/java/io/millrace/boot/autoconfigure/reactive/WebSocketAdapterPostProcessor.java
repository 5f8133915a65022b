package io.millrace.boot.autoconfigure.reactive;

import io.millrace.boot.reactive.MillraceReactiveWebServerFactory;
import io.millrace.core.websocket.WebSocketOptions;
import io.millrace.reactive.MillraceReactiveUpgradeStrategy;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

/**
 * Has WebSocket handlers served by Millrace: Spring takes the strategy of the server that
 * it finds on the class path, and Reactor Netty may well stand there.
 */
class WebSocketAdapterPostProcessor implements BeanPostProcessor {

	private final BeanFactory beanFactory;

	WebSocketAdapterPostProcessor(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof WebSocketHandlerAdapter adapter && isServedByMillrace())
				? MillraceReactiveUpgradeStrategy.replaceIn(adapter, this.beanFactory.getBean(WebSocketOptions.class))
				: bean;
	}

	private boolean isServedByMillrace() {
		return this.beanFactory instanceof ListableBeanFactory beans
				&& beans.getBeanNamesForType(MillraceReactiveWebServerFactory.class, true, false).length > 0;
	}

}
