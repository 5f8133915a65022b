package io.millrace.boot.autoconfigure;

import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.core.EngineConfig;

import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;

/**
 * Says, when the engine starts and everything is known, what somebody has set that does
 * nothing. Once, and not for the management server.
 */
public class MillraceSettingsCustomizer implements WebServerFactoryCustomizer<MillraceWebServerFactory>, Ordered {

	private final ApplicationContext context;

	/**
	 * Create a customizer.
	 * @param context the context of the server
	 */
	public MillraceSettingsCustomizer(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * After all that change the configuration.
	 * @return the last
	 */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(MillraceWebServerFactory factory) {
		if (!WebServerApplicationContext.hasServerNamespace(this.context, "management")) {
			boolean reactive = factory instanceof ConfigurableReactiveWebServerFactory;
			factory.addEngineCustomizers((builder) -> builder.atStart((complete) -> check(complete.build(), reactive)));
		}
	}

	private void check(EngineConfig config, boolean reactive) {
		new UnknownKeys(this.context.getEnvironment(), this.context).warn();
		new SettingsWithoutEffect(this.context.getEnvironment(), config, reactive).warn();
	}

}
