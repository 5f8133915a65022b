package io.millrace.boot.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.millrace.core.EngineConfig;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.Ssl;
import org.springframework.util.StringUtils;

/**
 * From {@code millrace.listeners} to listeners: everything that contradicts itself stops
 * start-up.
 */
class ConfiguredListeners {

	private static final String PREFIX = "millrace.listeners";

	// As a tag of meters and a part of a property's name.
	private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

	private static final int MAX_PORT = 65_535;

	private final List<ListenerProperties> listeners;

	private final TlsSource tls;

	/**
	 * Create it.
	 * @param listeners the properties
	 * @param tls makes TLS of Boot's properties
	 */
	ConfiguredListeners(List<ListenerProperties> listeners, TlsSource tls) {
		this.listeners = listeners;
		this.tls = tls;
	}

	/**
	 * What a listener is called.
	 * @param index its place in the list
	 * @param listener its properties
	 * @return its name
	 */
	static String name(int index, ListenerProperties listener) {
		String name = listener.getName();
		return StringUtils.hasText(name) ? name : "listener-" + (index + 1);
	}

	static String property(int index) {
		return PREFIX + "[" + index + "]";
	}

	/**
	 * The listeners.
	 * @param current what the engine is configured to so far: the first listener,
	 * timeouts
	 * @return the listeners besides the first
	 */
	List<ListenerConfig> create(EngineConfig current) {
		List<ListenerConfig> created = new ArrayList<>();
		for (int i = 0; i < this.listeners.size(); i++) {
			String property = property(i);
			ListenerProperties listener = this.listeners.get(i);
			ListenerConfig config = create(property, i, listener, current);
			List<ListenerConfig> earlier = new ArrayList<>(current.listeners());
			earlier.addAll(created);
			earlier.forEach((other) -> checkApart(property, config, other));
			created.add(config);
		}
		checkRedirects(current, created);
		return created;
	}

	private ListenerConfig create(String property, int index, ListenerProperties listener, EngineConfig current) {
		String name = name(index, listener);
		if (!NAME.matcher(name).matches()) {
			throw invalid(property + ".name", name,
					"A name has a letter first, and then letters, digits, '-' and '_'. Write for example https.");
		}
		// Also where that does not listen.
		if (name.equals(ListenerConfig.MAIN)) {
			throw invalid(property + ".name", name, "So is called the listener of server.port. Choose another name.");
		}
		Ssl ssl = listener.getSsl();
		boolean encrypted = Ssl.isEnabled(ssl);
		if (listener.isRedirectToHttps() && encrypted) {
			throw invalid(property + ".redirect-to-https", true,
					"Who comes to a listener with ssl uses https already. " + "Remove one of the two.");
		}
		Integer httpsPort = listener.getHttpsPort();
		if (httpsPort != null && !listener.isRedirectToHttps()) {
			throw invalid(property + ".https-port", httpsPort,
					"Nobody is sent there. Set " + property + ".redirect-to-https=true, or remove it.");
		}
		if (httpsPort != null && (httpsPort < 1 || httpsPort > MAX_PORT)) {
			throw invalid(property + ".https-port", httpsPort, "A port is 1 to 65535.");
		}
		ListenerConfig config = ListenerConfig.plain(name, address(property, listener, transport(current)));
		var proxyProtocol = new ConfiguredProxyProtocol(listener.getProxyProtocol(), property + ".proxy-protocol")
			.options(current.timeouts().header());
		if (proxyProtocol != null) {
			config = config.withProxyProtocol(proxyProtocol);
		}
		config = isHttp2(property, listener, current) ? config : config.withoutHttp2();
		if (encrypted && ssl != null) {
			config = config.withTls(this.tls.create(ssl, property + ".ssl", config.http2()));
		}
		return listener.isRedirectToHttps() ? config.redirecting((httpsPort != null) ? httpsPort : 0) : config;
	}

	private static boolean isHttp2(String property, ListenerProperties listener, EngineConfig current) {
		Boolean wanted = listener.getHttp2();
		boolean possible = current.http2() != null;
		if (wanted != null && wanted && !possible) {
			throw invalid(property + ".http2", true,
					"HTTP/2 is off for all listeners. Set server.http2.enabled=true, and " + property
							+ ".http2=false where it is not wanted.");
		}
		return (wanted != null) ? wanted : possible;
	}

	private static Transport transport(EngineConfig current) {
		Transport transport = current.transport();
		return (transport != null) ? transport : Transport.best();
	}

	private static ListenerAddress address(String property, ListenerProperties listener, Transport transport) {
		Integer port = listener.getPort();
		Path unix = listener.getUnix();
		String inherited = StringUtils.hasText(listener.getInherited()) ? listener.getInherited() : null;
		checkOne(property, port, unix, inherited);
		if (listener.getAddress() != null && port == null) {
			throw invalid(property + ".address", listener.getAddress(),
					"It belongs to a port. Set " + property + ".port, or remove it.");
		}
		if (listener.getPermissions() != null && unix == null) {
			throw invalid(property + ".permissions", listener.getPermissions(),
					"They are those of a Unix domain socket. Set " + property + ".unix, or remove them.");
		}
		if (unix != null) {
			return new ListenerAddress.Unix(unix, permissions(property, listener.getPermissions()));
		}
		if (inherited != null) {
			if (!transport.supportsInherited()) {
				throw invalid(property + ".inherited", inherited, "The transport " + transport.id()
						+ " cannot take a socket over. Set millrace.transport=epoll, which can, on Linux.");
			}
			return new ListenerAddress.Inherited(inherited);
		}
		return new ListenerAddress.Tcp(socketAddress(listener.getAddress(), Objects.requireNonNull(port)));
	}

	private static InetSocketAddress socketAddress(@Nullable InetAddress address, int port) {
		return (address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port);
	}

	private static void checkOne(String property, @Nullable Integer port, @Nullable Path unix,
			@Nullable String inherited) {
		if (port == null && unix == null && inherited == null) {
			throw invalid(property, "", "A listener has to say where it listens. Set " + property
					+ ".port (0 for any that is free), .unix or .inherited.");
		}
		if (unix != null && (port != null || inherited != null)) {
			throw invalid(property + ".unix", unix, "A listener listens in one place, and " + property
					+ ((port != null) ? ".port" : ".inherited") + " is set too. Make them two entries of the list.");
		}
		if (inherited != null && port != null) {
			throw invalid(property + ".inherited", inherited, "A listener listens in one place, and " + property
					+ ".port is set too. Whoever opens the socket says its port: remove the latter.");
		}
		if (port != null && (port < 0 || port > MAX_PORT)) {
			throw invalid(property + ".port", port, "A port is 0 (any that is free) to 65535.");
		}
	}

	private static @Nullable Set<PosixFilePermission> permissions(String property, @Nullable String text) {
		try {
			return (text != null) ? PosixFilePermissions.fromString(text) : null;
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property + ".permissions", text,
					"Write them as ls does, for example rw-rw---- for owner and group. Digits are not taken: YAML "
							+ "reads 0660 as another number.");
		}
	}

	private static void checkApart(String property, ListenerConfig config, ListenerConfig other) {
		if (config.name().equals(other.name())) {
			throw invalid(property + ".name", config.name(),
					"Another entry has the same name. Give each a name of its own.");
		}
		if (config.address() instanceof ListenerAddress.Tcp own && other.address() instanceof ListenerAddress.Tcp its) {
			if (own.socket().getPort() > 0 && isSame(own.socket(), its.socket())) {
				throw invalid(property + ".port", own.socket().getPort(),
						(other.isMain() ? "server.port" : "The listener '" + other.name() + "'")
								+ " has it already. Choose another port, or another address for each.");
			}
		}
		else if (isSameFile(config.address(), other.address())) {
			throw invalid(property + ".unix", config.address().describe(),
					"The listener '" + other.name() + "' has it already. Choose another path.");
		}
		else if (config.address() instanceof ListenerAddress.Inherited own && own.equals(other.address())) {
			throw invalid(property + ".inherited", own.socket(),
					"The listener '" + other.name() + "' has it already. Remove one of the two.");
		}
	}

	private static boolean isSame(InetSocketAddress one, InetSocketAddress other) {
		return one.getPort() == other.getPort() && (one.getAddress().isAnyLocalAddress()
				|| other.getAddress().isAnyLocalAddress() || one.getAddress().equals(other.getAddress()));
	}

	private static boolean isSameFile(ListenerAddress one, ListenerAddress other) {
		return one instanceof ListenerAddress.Unix own && other instanceof ListenerAddress.Unix its
				&& own.path().toAbsolutePath().normalize().equals(its.path().toAbsolutePath().normalize());
	}

	private static void checkRedirects(EngineConfig current, List<ListenerConfig> created) {
		// A socket that is inherited may have a port.
		boolean https = current.listeners().stream().anyMatch((main) -> main.tls() != null) || created.stream()
			.anyMatch((one) -> one.tls() != null && !(one.address() instanceof ListenerAddress.Unix));
		for (int i = 0; i < created.size(); i++) {
			Integer port = created.get(i).httpsPort();
			if (port != null && port == 0 && !https) {
				throw invalid(property(i) + ".redirect-to-https", true,
						"No port speaks https. Set " + property(i) + ".https-port to the one that clients reach, for "
								+ "example of a proxy, or give a listener ssl.bundle.");
			}
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(name, Objects.toString(value, ""), reason);
	}

	/** Makes TLS of Boot's properties. */
	@FunctionalInterface
	interface TlsSource {

		/**
		 * Make it.
		 * @param ssl the properties
		 * @param property what they are called
		 * @param http2 whether HTTP/2 is offered
		 * @return the options
		 */
		TlsOptions create(Ssl ssl, String property, boolean http2);

	}

}
