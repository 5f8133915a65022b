package io.millrace.boot;

import io.millrace.core.transport.Transport;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Makes the settings of Netty and of the JDK's TLS before anything of the application
 * loads them: a Redis client may do so long before the server is made.
 */
class NettyPreparingListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (event.getEnvironment().getProperty("millrace.enabled", Boolean.class, true)) {
			Transport.prepareNetty();
			rejectRenegotiation();
		}
	}

	// Asking for one handshake after another costs a client of TLS 1.2 little, and a
	// server much.
	private static void rejectRenegotiation() {
		if (System.getProperty(RENEGOTIATION) == null) {
			System.setProperty(RENEGOTIATION, "true");
		}
	}

}
