package io.millrace.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where the properties ask for a rate limit, and also where they say something of
 * one without asking for it, so that it can be said.
 */
class OnRateLimitCondition extends SpringBootCondition {

	static final String PREFIX = "millrace.rate-limit";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Long capacity = Binder.get(context.getEnvironment()).bind(PREFIX + ".capacity", Long.class).orElse(null);
		boolean asked = (capacity != null) ? capacity != 0
				: !ConfiguredKeys.under(context.getEnvironment(), PREFIX).isEmpty();
		ConditionMessage message = ConditionMessage.forCondition("Millrace rate limit")
			.because(PREFIX + ".capacity is " + capacity);
		return new ConditionOutcome(asked, message);
	}

}
