package io.millrace.boot.autoconfigure;

import io.millrace.boot.autoconfigure.MillraceProperties.Engine;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Matches where Millrace's own engine serves a reactive application, and also where
 * Reactor Netty should but is not there, so that it can be said.
 */
public class OnMillraceEngineCondition extends SpringBootCondition {

	private static final String REACTOR_NETTY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Engine engine = Binder.get(context.getEnvironment())
			.bind("millrace.engine", Engine.class)
			.orElse(Engine.MILLRACE);
		boolean reactorNetty = ClassUtils.isPresent(REACTOR_NETTY, context.getClassLoader())
				&& ClassUtils.isPresent("reactor.netty.http.server.HttpServer", context.getClassLoader());
		ConditionMessage message = ConditionMessage.forCondition("Millrace engine")
			.because("millrace.engine is " + engine);
		return new ConditionOutcome(engine == Engine.MILLRACE || !reactorNetty, message);
	}

}
