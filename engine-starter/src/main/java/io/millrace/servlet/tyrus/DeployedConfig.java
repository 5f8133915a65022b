package io.millrace.servlet.tyrus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.millrace.servlet.tyrus.DeployedConfigurator.EndpointSource;
import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import org.glassfish.tyrus.core.AnnotatedEndpoint;
import org.glassfish.tyrus.core.ComponentProviderService;
import org.glassfish.tyrus.core.ErrorCollector;
import org.glassfish.tyrus.core.TyrusServerEndpointConfig;
import org.glassfish.tyrus.core.monitoring.EndpointEventListener;

/**
 * An endpoint as Tyrus is told of it: that of the application, called by way of a
 * {@link DeployedEndpoint}.
 */
final class DeployedConfig implements TyrusServerEndpointConfig {

	private static final Set<Extension> EXTENSIONS = Set.of(MessageDeflate.OFFERED);

	private final ServerEndpointConfig config;

	private final String path;

	private final List<Class<? extends Decoder>> decoders;

	private final DeployedConfigurator configurator;

	private DeployedConfig(ServerEndpointConfig config, String path, List<Class<? extends Decoder>> decoders,
			EndpointSource source) {
		this.config = config;
		this.path = path;
		this.decoders = decoders;
		this.configurator = new DeployedConfigurator(config.getConfigurator(), source);
	}

	/**
	 * Deploy an annotated class.
	 * @param type the class
	 * @param maxFrameSize how many bytes a frame may carry
	 * @return what Tyrus is told
	 * @throws DeploymentException where it is no endpoint, or a wrong one
	 */
	static DeployedConfig of(Class<?> type, int maxFrameSize) throws DeploymentException {
		ComponentProviderService instances = ComponentProviderService.create();
		AnnotatedEndpoint endpoint = annotated(type, instances, maxFrameSize);
		ServerEndpointConfig config = (ServerEndpointConfig) endpoint.getEndpointConfig();
		// Without the standard ones, which Tyrus adds.
		List<Class<? extends Decoder>> decoders = Arrays.asList(annotation(type).decoders());
		return new DeployedConfig(config, config.getPath(), decoders, source(endpoint, instances, type));
	}

	/**
	 * Deploy an endpoint that is described.
	 * @param config the description
	 * @param path where it is, within the context
	 * @param maxFrameSize how many bytes a frame may carry
	 * @return what Tyrus is told
	 * @throws DeploymentException where its class is no endpoint, or a wrong one
	 */
	@SuppressWarnings("unchecked")
	static DeployedConfig of(ServerEndpointConfig config, String path, int maxFrameSize) throws DeploymentException {
		Class<?> type = config.getEndpointClass();
		if (Endpoint.class.isAssignableFrom(type)) {
			Class<? extends Endpoint> endpointType = (Class<? extends Endpoint>) type;
			return new DeployedConfig(config, path, config.getDecoders(),
					() -> new DeployedEndpoint(config.getConfigurator().getEndpointInstance(endpointType), null, -1));
		}
		ComponentProviderService instances = new ComponentProviderService(ComponentProviderService.create()) {

			@Override
			public <T> Object getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
				return config.getConfigurator().getEndpointInstance(endpointClass);
			}

		};
		AnnotatedEndpoint endpoint = annotated(type, instances, maxFrameSize);
		return new DeployedConfig(config, path, config.getDecoders(), source(endpoint, instances, type));
	}

	private static AnnotatedEndpoint annotated(Class<?> type, ComponentProviderService instances, int maxFrameSize)
			throws DeploymentException {
		annotation(type);
		ErrorCollector errors = new ErrorCollector();
		AnnotatedEndpoint endpoint = AnnotatedEndpoint.fromClass(type, instances, true, maxFrameSize, errors,
				EndpointEventListener.NO_OP, EXTENSIONS);
		if (!errors.isEmpty()) {
			throw errors.composeComprehensiveException();
		}
		return endpoint;
	}

	private static ServerEndpoint annotation(Class<?> type) throws DeploymentException {
		ServerEndpoint annotation = type.getAnnotation(ServerEndpoint.class);
		if (annotation == null) {
			throw new DeploymentException(
					type.getName() + " is neither annotated with @ServerEndpoint nor extends Endpoint");
		}
		return annotation;
	}

	private static EndpointSource source(AnnotatedEndpoint endpoint, ComponentProviderService instances,
			Class<?> type) {
		long largest = MessageSizes.largest(type);
		return () -> new DeployedEndpoint(endpoint, instances, largest);
	}

	@Override
	public Class<?> getEndpointClass() {
		return DeployedEndpoint.class;
	}

	@Override
	public String getPath() {
		return this.path;
	}

	@Override
	public List<String> getSubprotocols() {
		// Spring has null in the list where it means none.
		return this.config.getSubprotocols().stream().filter(Objects::nonNull).toList();
	}

	@Override
	public List<Extension> getExtensions() {
		return new ArrayList<>(this.config.getExtensions());
	}

	@Override
	public ServerEndpointConfig.Configurator getConfigurator() {
		return this.configurator;
	}

	@Override
	public List<Class<? extends Encoder>> getEncoders() {
		return this.config.getEncoders();
	}

	@Override
	public List<Class<? extends Decoder>> getDecoders() {
		return this.decoders;
	}

	@Override
	public Map<String, Object> getUserProperties() {
		return this.config.getUserProperties();
	}

	@Override
	public int getMaxSessions() {
		return (this.config instanceof TyrusServerEndpointConfig known) ? known.getMaxSessions() : 0;
	}

}
