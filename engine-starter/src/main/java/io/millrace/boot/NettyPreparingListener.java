package io.millrace.boot;

import io.millrace.core.transport.Transport;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Makes Netty's settings before anything of the application loads Netty: a Redis client
 * may do so long before the server is made.
 */
class NettyPreparingListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (event.getEnvironment().getProperty("millrace.enabled", Boolean.class, true)) {
			Transport.prepareNetty();
		}
	}

}
