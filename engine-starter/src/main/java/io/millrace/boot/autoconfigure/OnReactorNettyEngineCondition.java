package io.millrace.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where Boot's Reactor Netty server serves a reactive application, tuned by our
 * properties.
 */
public class OnReactorNettyEngineCondition extends OnMillraceEngineCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionOutcome millrace = super.getMatchOutcome(context, metadata);
		return new ConditionOutcome(!millrace.isMatch(), millrace.getConditionMessage());
	}

}
