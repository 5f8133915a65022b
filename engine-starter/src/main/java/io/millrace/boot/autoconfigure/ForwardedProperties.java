package io.millrace.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Whom to believe about the client with server.forward-headers-strategy=native.
 */
public class ForwardedProperties {

	/**
	 * The proxies whose forwarded headers are believed, as addresses or blocks of
	 * addresses in CIDR notation, or unix for whoever may connect to a Unix domain
	 * socket; those of all others are ignored. Unset: loopback, link-local and private
	 * addresses, and unix. Empty: nobody.
	 */
	private @Nullable List<String> trustedProxies;

	/**
	 * Which headers the proxies write. A proxy that writes one kind lets the other
	 * through as the client sent it, so name the kind if you know it. With auto
	 * X-Forwarded-* where there is one, otherwise Forwarded.
	 */
	private Header header = Header.AUTO;

	public @Nullable List<String> getTrustedProxies() {
		return this.trustedProxies;
	}

	public void setTrustedProxies(@Nullable List<String> trustedProxies) {
		this.trustedProxies = trustedProxies;
	}

	public Header getHeader() {
		return this.header;
	}

	public void setHeader(Header header) {
		this.header = header;
	}

	/**
	 * Which headers proxies write.
	 */
	public enum Header {

		/**
		 * X-Forwarded-* where there is one, otherwise Forwarded.
		 */
		AUTO,

		/**
		 * X-Forwarded-* only.
		 */
		X_FORWARDED,

		/**
		 * Forwarded (RFC 7239) only.
		 */
		FORWARDED

	}

}
