package io.millrace.core.transport;

import java.time.Duration;
import java.util.List;

import io.millrace.core.http.TrustedProxies;

/**
 * How a listener takes the PROXY protocol, version 1 and 2: each of its connections
 * begins with a header that says whom the proxy serves. Needs Netty's codec-haproxy.
 *
 * @param trustedProxies who may connect: addresses, blocks of them in CIDR notation,
 * {@link TrustedProxies#UNIX}
 * @param headerTimeout how long the header may take; 0 for ever
 */
public record ProxyProtocolOptions(List<String> trustedProxies, Duration headerTimeout) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException where nobody is trusted, or one is no address
	 */
	public ProxyProtocolOptions {
		trustedProxies = List.copyOf(trustedProxies);
		if (trustedProxies.isEmpty()) {
			throw new IllegalArgumentException("trustedProxies has to name somebody, and is empty");
		}
		if (headerTimeout.isNegative()) {
			throw new IllegalArgumentException("headerTimeout has to be 0 (off) or more, and is " + headerTimeout);
		}
		new TrustedProxies(trustedProxies);
	}

}
