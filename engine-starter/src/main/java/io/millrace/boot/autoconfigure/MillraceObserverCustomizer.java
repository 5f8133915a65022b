package io.millrace.boot.autoconfigure;

import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.core.EngineConfig;
import io.millrace.core.observe.EngineObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;

/**
 * Has every bean of the type {@link EngineObserver} told what happens, in their order.
 * They are asked for when the engine starts, as what they need may be made late. Not for
 * the management server, whose requests are none of the application's.
 */
public class MillraceObserverCustomizer implements WebServerFactoryCustomizer<MillraceWebServerFactory>, Ordered {

	private final ObjectProvider<EngineObserver> observers;

	private final ApplicationContext context;

	/**
	 * Create a customizer.
	 * @param observers are told
	 * @param context the context of the server
	 */
	public MillraceObserverCustomizer(ObjectProvider<EngineObserver> observers, ApplicationContext context) {
		this.observers = observers;
		this.context = context;
	}

	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(MillraceWebServerFactory factory) {
		if (!WebServerApplicationContext.hasServerNamespace(this.context, "management")) {
			factory.addEngineCustomizers((builder) -> builder.atStart(this::addObservers));
		}
	}

	private void addObservers(EngineConfig.Builder builder) {
		this.observers.orderedStream().forEach(builder::addObserver);
	}

}
