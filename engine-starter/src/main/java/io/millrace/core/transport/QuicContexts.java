package io.millrace.core.transport;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.TrustManagerFactory;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The same certificates as {@link TlsContexts} has, for QUIC, which has TLS 1.3 within
 * itself (RFC 9001) and does it by BoringSSL always. Told by those what is replaced.
 */
final class QuicContexts {

	private static final String VERSION = "TLSv1.3";

	// RFC 9114 §3.1.
	private static final String PROTOCOL = "h3";

	private final boolean earlyData;

	// Guarded by the contexts that tell of changes, read by any thread.
	private volatile QuicSslContext standard;

	private volatile Map<String, QuicSslContext> byName;

	/**
	 * Make contexts.
	 * @param standard the settings for clients that ask for no name, or one that is not
	 * known
	 * @param byName the settings of names
	 * @param earlyData whether requests may come before the handshake has ended
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 */
	QuicContexts(TlsSettings standard, Map<String, TlsSettings> byName, boolean earlyData)
			throws GeneralSecurityException {
		this.earlyData = earlyData;
		Map<String, QuicSslContext> contexts = new HashMap<>();
		for (Map.Entry<String, TlsSettings> entry : byName.entrySet()) {
			contexts.put(entry.getKey(), create(entry.getValue(), false));
		}
		this.byName = Map.copyOf(contexts);
		this.standard = create(standard, !contexts.isEmpty());
	}

	/**
	 * Replace the standard context.
	 * @param settings what it is like; on failure the old one stays
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 */
	void replace(TlsSettings settings) throws GeneralSecurityException {
		this.standard = create(settings, !this.byName.isEmpty());
	}

	/**
	 * Replace the context of a name.
	 * @param name the name, in lower case
	 * @param settings what it is like; on failure the old one stays
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 */
	void replace(String name, TlsSettings settings) throws GeneralSecurityException {
		Map<String, QuicSslContext> contexts = new HashMap<>(this.byName);
		contexts.put(name, create(settings, false));
		this.byName = Map.copyOf(contexts);
	}

	/**
	 * The TLS of a new connection.
	 * @param allocator its allocator
	 * @return an engine
	 */
	QuicSslEngine newEngine(ByteBufAllocator allocator) {
		return this.standard.newEngine(allocator);
	}

	private QuicSslContext create(TlsSettings settings, boolean named) throws GeneralSecurityException {
		if (!settings.hasVersion(VERSION)) {
			throw new KeyManagementException("HTTP/3 needs " + VERSION + ", which is not among the enabled protocols");
		}
		TrustManagerFactory trust = settings.trust();
		QuicSslContextBuilder builder = QuicSslContextBuilder.forServer(settings.keys(), null)
			.trustManager(trust)
			.clientAuth(settings.clients().auth())
			.applicationProtocols(PROTOCOL)
			.earlyData(this.earlyData);
		if (named) {
			builder.sni(this::find);
		}
		try {
			QuicSslContext context = builder.build();
			// What is wrong would be seen by the first client otherwise.
			ReferenceCountUtil.release(context.newEngine(ByteBufAllocator.DEFAULT));
			return context;
		}
		catch (RuntimeException ex) {
			throw new KeyManagementException(ex.getMessage(), ex);
		}
	}

	private QuicSslContext find(@Nullable String name) {
		QuicSslContext context = TlsContexts.find(this.byName, name);
		return (context != null) ? context : this.standard;
	}

}
