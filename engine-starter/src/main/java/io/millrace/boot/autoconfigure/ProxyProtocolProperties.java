package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether connections begin with a header that says whom a proxy serves.
 */
public class ProxyProtocolProperties {

	/**
	 * Whether every connection begins with a header of the PROXY protocol, version 1 or
	 * 2, which says whom a proxy or load balancer serves. Who connects without one is
	 * refused. Needs io.netty:netty-codec-haproxy.
	 */
	private boolean enabled = false;

	/**
	 * The proxies that may connect, and are believed: addresses, blocks of addresses in
	 * CIDR notation, or unix for whoever may connect to a Unix domain socket. Whoever
	 * else connects is refused. Has to be set where the protocol is enabled.
	 */
	private List<String> trustedProxies = new ArrayList<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public List<String> getTrustedProxies() {
		return this.trustedProxies;
	}

	public void setTrustedProxies(List<String> trustedProxies) {
		this.trustedProxies = trustedProxies;
	}

}
