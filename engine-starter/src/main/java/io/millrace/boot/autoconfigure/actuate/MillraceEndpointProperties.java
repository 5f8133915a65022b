package io.millrace.boot.autoconfigure.actuate;

import java.util.HashSet;
import java.util.Set;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Properties of the endpoint {@code millrace}, under the prefix that Boot has for each
 * endpoint.
 */
@ConfigurationProperties("management.endpoint.millrace")
public class MillraceEndpointProperties {

	/**
	 * When to show the addresses of clients. Otherwise the network that they belong to is
	 * shown: 24 bits of IPv4, 48 bits of IPv6.
	 */
	private Show showAddresses = Show.WHEN_AUTHORIZED;

	/**
	 * When to show the values of settings that may be secret: all that are not known to
	 * be harmless.
	 */
	private Show showValues = Show.NEVER;

	/**
	 * Roles of those who are authorized to see addresses and values. When empty, all
	 * authenticated users are authorized.
	 */
	private final Set<String> roles = new HashSet<>();

	@NestedConfigurationProperty
	private final StreamProperties stream = new StreamProperties();

	public Show getShowAddresses() {
		return this.showAddresses;
	}

	public void setShowAddresses(Show showAddresses) {
		this.showAddresses = showAddresses;
	}

	public Show getShowValues() {
		return this.showValues;
	}

	public void setShowValues(Show showValues) {
		this.showValues = showValues;
	}

	public Set<String> getRoles() {
		return this.roles;
	}

	public StreamProperties getStream() {
		return this.stream;
	}

	boolean showsAddresses(SecurityContext security) {
		return this.showAddresses.isShown(security, this.roles);
	}

	boolean showsValues(SecurityContext security) {
		return this.showValues.isShown(security, this.roles);
	}

}
