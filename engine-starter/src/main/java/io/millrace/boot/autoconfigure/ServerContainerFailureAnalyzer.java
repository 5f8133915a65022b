package io.millrace.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;

/**
 * Tells which dependency is missing where an application uses {@code jakarta.websocket}
 * on the server and there is no implementation that Millrace could offer: Tomcat's, which
 * may be on the class path, works in Tomcat only.
 */
class ServerContainerFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException> {

	private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

	private static final String FACTORY = "millraceServletWebServerFactory";

	private static final String TYRUS = "org.glassfish.tyrus.server.TyrusServerContainer";

	private final BeanFactory beanFactory;

	ServerContainerFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanCreationException cause) {
		String message = NestedExceptionUtils.getMostSpecificCause(rootFailure).getMessage();
		if (message == null || !message.contains(CONTAINER) || !this.beanFactory.containsBean(FACTORY)
				|| ClassUtils.isPresent(TYRUS, getClass().getClassLoader())) {
			return null;
		}
		return new FailureAnalysis(
				"The bean '" + cause.getBeanName() + "' needs a " + CONTAINER
						+ ", and Millrace has none without Tyrus on the class path.",
				"Add the dependency org.glassfish.tyrus:tyrus-server, version 2.2 or later. Spring's own"
						+ " WebSocketHandlers need neither it nor this bean.",
				cause);
	}

}
