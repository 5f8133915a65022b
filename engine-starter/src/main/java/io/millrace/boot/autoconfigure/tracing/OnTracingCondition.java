package io.millrace.boot.autoconfigure.tracing;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;

/**
 * Matches where somebody would read the keys.
 */
class OnTracingCondition extends AnyNestedCondition {

	OnTracingCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnBean(type = "io.micrometer.tracing.Tracer")
	static class Spans {

	}

	@ConditionalOnBooleanProperty("millrace.tracing.metric-tags")
	static class Meters {

	}

}
