package io.millrace.websocket;

import java.lang.reflect.Field;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ReflectionUtils;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.SockJsService;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;
import org.springframework.web.socket.sockjs.transport.handler.WebSocketTransportHandler;

/**
 * Finds the handshake handlers of an application and gives those our strategy that have
 * the one Spring gives to all that say nothing: it hands over to
 * {@code jakarta.websocket}. A strategy of the application's own is left alone.
 * <p>
 * Spring takes a strategy in the constructor only, and an application derives from the
 * constructor that says nothing to override what decides about users, subprotocols and
 * origins. So it is replaced in the handler that there is, by its field.
 */
public final class HandshakeHandlers {

	private static final Logger logger = LoggerFactory.getLogger(HandshakeHandlers.class);

	private static final String STANDARD = "org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy";

	private final MillraceServletUpgradeStrategy strategy;

	/**
	 * Create it.
	 * @param strategy what handshake handlers are given
	 */
	public HandshakeHandlers(MillraceServletUpgradeStrategy strategy) {
		this.strategy = strategy;
	}

	/**
	 * Whether it is worth while to look into a bean.
	 * @param bean the bean
	 * @return whether it is of a type that has to do with handshake handlers
	 */
	public static boolean mayBeIn(Object bean) {
		return bean instanceof AbstractUrlHandlerMapping || bean instanceof HandshakeHandler
				|| bean instanceof WebSocketHttpRequestHandler || bean instanceof SockJsHttpRequestHandler
				|| bean instanceof SockJsService;
	}

	/**
	 * Give the strategy to the handshake handlers that a bean is or has.
	 * @param bean the bean
	 */
	public void serveThoseIn(Object bean) {
		if (bean instanceof AbstractUrlHandlerMapping mapping) {
			mapping.getHandlerMap().values().forEach(this::serveThoseIn);
			if (mapping instanceof SimpleUrlHandlerMapping simple) {
				simple.getUrlMap().values().forEach(this::serveThoseIn);
			}
		}
		else if (bean instanceof WebSocketHttpRequestHandler handler) {
			serveThoseIn(handler.getHandshakeHandler());
		}
		else if (bean instanceof SockJsHttpRequestHandler handler) {
			serveThoseIn(handler.getSockJsService());
		}
		else if (bean instanceof TransportHandlingSockJsService service) {
			service.getTransportHandlers().values().forEach(this::serveThoseIn);
		}
		else if (bean instanceof WebSocketTransportHandler transport) {
			serveThoseIn(transport.getHandshakeHandler());
		}
		else if (bean instanceof AbstractHandshakeHandler handler) {
			serve(handler);
		}
	}

	private void serve(AbstractHandshakeHandler handler) {
		if (!handler.getRequestUpgradeStrategy().getClass().getName().equals(STANDARD)) {
			return;
		}
		try {
			Field field = AbstractHandshakeHandler.class.getDeclaredField("requestUpgradeStrategy");
			ReflectionUtils.makeAccessible(field);
			field.set(handler, this.strategy);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.warn("{} keeps its strategy, which needs an implementation of jakarta.websocket: give it a "
					+ "MillraceServletUpgradeStrategy in its constructor", handler.getClass().getName(), ex);
		}
	}

}
