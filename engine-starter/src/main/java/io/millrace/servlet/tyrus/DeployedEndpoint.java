package io.millrace.servlet.tyrus;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import org.glassfish.tyrus.core.ComponentProviderService;
import org.jspecify.annotations.Nullable;

/**
 * What Tyrus calls for one session: passes it on to the endpoint of the application.
 * Public for Tyrus, which calls it by reflection.
 */
public final class DeployedEndpoint extends Endpoint {

	private final Endpoint endpoint;

	private final @Nullable ComponentProviderService instances;

	private final long largestMessage;

	/**
	 * Create an endpoint.
	 * @param endpoint the endpoint of the application
	 * @param instances who has the instances of its class by session, {@code null} where
	 * it is one itself
	 * @param largestMessage the largest message that it says it takes, negative where it
	 * says nothing
	 */
	DeployedEndpoint(Endpoint endpoint, @Nullable ComponentProviderService instances, long largestMessage) {
		this.endpoint = endpoint;
		this.instances = instances;
		this.largestMessage = largestMessage;
	}

	@Override
	public void onOpen(Session session, EndpointConfig config) {
		WebSocketUpgrade.opened(session);
		MessageSizes.raise(session, this.largestMessage);
		this.endpoint.onOpen(session, config);
	}

	@Override
	public void onClose(Session session, CloseReason reason) {
		try {
			this.endpoint.onClose(session, reason);
		}
		finally {
			if (this.instances != null) {
				this.instances.removeSession(session);
			}
		}
	}

	@Override
	public void onError(Session session, Throwable thrown) {
		this.endpoint.onError(session, thrown);
	}

}
