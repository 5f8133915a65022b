package io.millrace.servlet.tyrus;

import java.util.ArrayList;
import java.util.List;

import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import org.glassfish.tyrus.core.extension.ExtendedExtension;
import org.jspecify.annotations.Nullable;

/**
 * The configurator of an endpoint as Tyrus is told of it. What that of the application
 * leaves as it is, is answered by whichever implementation of the API comes first on the
 * class path, Tomcat's perhaps, which knows nothing of Tyrus: so what an extension does
 * is settled here.
 */
final class DeployedConfigurator extends ServerEndpointConfig.Configurator {

	private final ServerEndpointConfig.Configurator configurator;

	private final EndpointSource source;

	DeployedConfigurator(ServerEndpointConfig.Configurator configurator, EndpointSource source) {
		this.configurator = configurator;
		this.source = source;
	}

	@Override
	public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
		return this.configurator.getNegotiatedSubprotocol(supported, requested);
	}

	/**
	 * Agree to extensions: those that the application agrees to by name, as far as there
	 * is somebody who does what they say.
	 */
	@Override
	public List<Extension> getNegotiatedExtensions(List<Extension> installed, @Nullable List<Extension> requested) {
		List<Extension> agreed = new ArrayList<>();
		if (requested == null) {
			return agreed;
		}
		boolean deflate = false;
		for (Extension wanted : this.configurator.getNegotiatedExtensions(installed, requested)) {
			if (wanted.getName().equals(MessageDeflate.NAME)) {
				Extension own = deflate ? null : MessageDeflate.agree(requested);
				deflate = true;
				if (own != null) {
					agreed.add(own);
				}
			}
			else if (wanted instanceof ExtendedExtension) {
				agreed.add(wanted);
			}
		}
		return agreed;
	}

	@Override
	public boolean checkOrigin(String origin) {
		return this.configurator.checkOrigin(origin);
	}

	@Override
	public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
		this.configurator.modifyHandshake(config, request, response);
	}

	/**
	 * Called for each session.
	 * @param type always that of {@link DeployedEndpoint}
	 * @return the endpoint of the session
	 */
	@Override
	public <T> T getEndpointInstance(Class<T> type) throws InstantiationException {
		return type.cast(this.source.newEndpoint());
	}

	/** Where the endpoint of a session comes from. */
	interface EndpointSource {

		DeployedEndpoint newEndpoint() throws InstantiationException;

	}

}
