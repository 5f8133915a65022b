package io.millrace.boot;

import io.millrace.core.EngineConfig;

/**
 * Changes the configuration of the engine after the properties were applied. Beans of
 * this type are called in their order, for the application's server and not for the
 * management server.
 */
@FunctionalInterface
public interface EngineCustomizer {

	/**
	 * Change the configuration.
	 * @param builder the configuration; what it holds so far is seen by building it
	 */
	void customize(EngineConfig.Builder builder);

}
