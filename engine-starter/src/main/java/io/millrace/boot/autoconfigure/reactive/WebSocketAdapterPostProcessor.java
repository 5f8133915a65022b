package io.millrace.boot.autoconfigure.reactive;

import io.millrace.boot.reactive.MillraceReactiveWebServerFactory;
import io.millrace.reactive.UnsupportedRequestUpgradeStrategy;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

/**
 * Spring takes the WebSocket strategy of the server that it finds on the class path, and
 * Reactor Netty may well stand there while Millrace serves: a handshake has to be refused
 * then, not to fail with a {@link ClassCastException}.
 */
class WebSocketAdapterPostProcessor implements BeanPostProcessor {

	private final BeanFactory beanFactory;

	WebSocketAdapterPostProcessor(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof WebSocketHandlerAdapter adapter && isServedByMillrace())
				? UnsupportedRequestUpgradeStrategy.replaceIn(adapter) : bean;
	}

	private boolean isServedByMillrace() {
		return this.beanFactory instanceof ListableBeanFactory beans
				&& beans.getBeanNamesForType(MillraceReactiveWebServerFactory.class, true, false).length > 0;
	}

}
