package io.millrace.boot.autoconfigure;

import java.time.Duration;

import io.millrace.core.transport.ProxyProtocolOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;

/**
 * From the properties of the PROXY protocol to its options. Where it is on somebody has
 * to be named: whoever is trusted can be any client.
 */
class ConfiguredProxyProtocol {

	private static final String LIBRARY = "io.netty.handler.codec.haproxy.HAProxyMessageDecoder";

	private final ProxyProtocolProperties properties;

	private final String prefix;

	private final ClassLoader classLoader;

	/**
	 * Create it.
	 * @param properties the properties
	 * @param prefix what they are called
	 */
	ConfiguredProxyProtocol(ProxyProtocolProperties properties, String prefix) {
		this(properties, prefix, ConfiguredProxyProtocol.class.getClassLoader());
	}

	ConfiguredProxyProtocol(ProxyProtocolProperties properties, String prefix, ClassLoader classLoader) {
		this.properties = properties;
		this.prefix = prefix;
		this.classLoader = classLoader;
	}

	/**
	 * The options.
	 * @param headerTimeout how long a header may take
	 * @return the options, {@code null} where the protocol is off
	 */
	@Nullable ProxyProtocolOptions options(Duration headerTimeout) {
		String trusted = this.prefix + ".trusted-proxies";
		if (!this.properties.isEnabled()) {
			if (!this.properties.getTrustedProxies().isEmpty()) {
				throw invalid(trusted, this.properties.getTrustedProxies(),
						"Nobody is asked for the PROXY protocol. Set " + this.prefix + ".enabled=true, or remove it.");
			}
			return null;
		}
		if (!ClassUtils.isPresent(LIBRARY, this.classLoader)) {
			throw invalid(this.prefix + ".enabled", true,
					"It needs Netty's codec, which is not on the class path. Add io.netty:netty-codec-haproxy, whose "
							+ "version Spring Boot manages.");
		}
		if (this.properties.getTrustedProxies().isEmpty()) {
			throw invalid(trusted, "", "With " + this.prefix + ".enabled=true it has to be said who may name clients: "
					+ "the addresses of your proxies or load balancers, for example 10.0.1.0/24.");
		}
		try {
			return new ProxyProtocolOptions(this.properties.getTrustedProxies(), headerTimeout);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(trusted, this.properties.getTrustedProxies(), String.valueOf(ex.getMessage()));
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(name, value, reason);
	}

}
