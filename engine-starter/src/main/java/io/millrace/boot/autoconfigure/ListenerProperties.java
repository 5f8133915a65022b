package io.millrace.boot.autoconfigure;

import java.net.InetAddress;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.web.server.Ssl;

/**
 * Where the application listens besides server.port: at one of port, unix and inherited.
 */
public class ListenerProperties {

	/**
	 * What the listener is called in logs, meters, the endpoint and
	 * local.server.port.NAME. Unset: listener-1 for the first of the list.
	 */
	private @Nullable String name;

	/**
	 * The port, 0 for any that is free.
	 */
	private @Nullable Integer port;

	/**
	 * The address of the port. Unset: all addresses.
	 */
	private @Nullable InetAddress address;

	/**
	 * The path of a Unix domain socket. A file that a process has left behind there is
	 * removed, if it is a socket on which nobody listens; it goes when the server stops.
	 */
	private @Nullable Path unix;

	/**
	 * The permissions of the Unix domain socket, such as rw-rw----: who connects has to
	 * be allowed to write. Unset: as the umask of the process says.
	 */
	private @Nullable String permissions;

	/**
	 * A listening socket that the process was started with, as systemd does it: its name
	 * (FileDescriptorName=), or the number of its descriptor, 3 or more. With the
	 * transport epoll.
	 */
	private @Nullable String inherited;

	/**
	 * TLS, with the keys of server.ssl. Unset: plain text.
	 */
	@NestedConfigurationProperty
	private @Nullable Ssl ssl;

	/**
	 * Whether HTTP/2 is spoken besides HTTP/1.1. Unset: as server.http2.enabled says,
	 * which it needs.
	 */
	private @Nullable Boolean http2;

	/**
	 * Whether requests get 308 and the address with https, instead of being served.
	 */
	private boolean redirectToHttps = false;

	/**
	 * The port of that address, as clients reach it. Unset: that of the first listener
	 * with TLS.
	 */
	private @Nullable Integer httpsPort;

	@NestedConfigurationProperty
	private final ProxyProtocolProperties proxyProtocol = new ProxyProtocolProperties();

	public @Nullable String getName() {
		return this.name;
	}

	public void setName(@Nullable String name) {
		this.name = name;
	}

	public @Nullable Integer getPort() {
		return this.port;
	}

	public void setPort(@Nullable Integer port) {
		this.port = port;
	}

	public @Nullable InetAddress getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable InetAddress address) {
		this.address = address;
	}

	public @Nullable Path getUnix() {
		return this.unix;
	}

	public void setUnix(@Nullable Path unix) {
		this.unix = unix;
	}

	public @Nullable String getPermissions() {
		return this.permissions;
	}

	public void setPermissions(@Nullable String permissions) {
		this.permissions = permissions;
	}

	public @Nullable String getInherited() {
		return this.inherited;
	}

	public void setInherited(@Nullable String inherited) {
		this.inherited = inherited;
	}

	public @Nullable Ssl getSsl() {
		return this.ssl;
	}

	public void setSsl(@Nullable Ssl ssl) {
		this.ssl = ssl;
	}

	public @Nullable Boolean getHttp2() {
		return this.http2;
	}

	public void setHttp2(@Nullable Boolean http2) {
		this.http2 = http2;
	}

	public boolean isRedirectToHttps() {
		return this.redirectToHttps;
	}

	public void setRedirectToHttps(boolean redirectToHttps) {
		this.redirectToHttps = redirectToHttps;
	}

	public @Nullable Integer getHttpsPort() {
		return this.httpsPort;
	}

	public void setHttpsPort(@Nullable Integer httpsPort) {
		this.httpsPort = httpsPort;
	}

	public ProxyProtocolProperties getProxyProtocol() {
		return this.proxyProtocol;
	}

}
