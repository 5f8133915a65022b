package io.millrace.boot.autoconfigure.servlet;

import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.core.websocket.WebSocketOptions;
import io.millrace.websocket.HandshakeHandlers;
import io.millrace.websocket.MillraceServletUpgradeStrategy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Has WebSocket handlers served by Millrace: Spring makes their handshake handlers
 * itself, for {@code jakarta.websocket}.
 */
class WebSocketHandlersPostProcessor implements BeanPostProcessor {

	private final BeanFactory beanFactory;

	private @Nullable HandshakeHandlers handlers;

	WebSocketHandlersPostProcessor(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (HandshakeHandlers.mayBeIn(bean) && isServedByMillrace()) {
			HandshakeHandlers known = this.handlers;
			if (known == null) {
				WebSocketOptions options = this.beanFactory.getBean(WebSocketOptions.class);
				known = new HandshakeHandlers(new MillraceServletUpgradeStrategy(options));
				this.handlers = known;
			}
			known.serveThoseIn(bean);
		}
		return bean;
	}

	private boolean isServedByMillrace() {
		return this.beanFactory instanceof ListableBeanFactory beans
				&& beans.getBeanNamesForType(MillraceServletWebServerFactory.class, true, false).length > 0;
	}

}
