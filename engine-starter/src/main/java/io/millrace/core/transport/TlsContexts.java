package io.millrace.core.transport;

import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import javax.net.ssl.SSLException;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * With which certificate connections are met: by the name that the client asks for, or
 * the standard one. What is replaced counts for connections that come later; those that
 * are there keep theirs. May be called by any thread.
 */
public final class TlsContexts {

	private static final String WILDCARD = "*.";

	private final boolean http2;

	private volatile Selection selection;

	// Guarded by this, as is the next.
	private TlsSettings standard;

	private final Map<String, TlsSettings> byName = new HashMap<>();

	// Guarded by this; only where there is HTTP/3.
	private @Nullable QuicContexts quic;

	/**
	 * Make contexts.
	 * @param standard for clients that ask for no name, or one that is not known
	 * @param byName for the names that clients may ask for (RFC 6066 §3); a name may
	 * begin with {@code *.} for all names of one label more
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 * @throws SSLException where a version or a cipher suite is not known
	 */
	public TlsContexts(TlsSettings standard, Map<String, TlsSettings> byName)
			throws GeneralSecurityException, SSLException {
		this(standard, byName, false);
	}

	/**
	 * Make contexts.
	 * @param standard for clients that ask for no name, or one that is not known
	 * @param byName for the names that clients may ask for
	 * @param http2 whether HTTP/2 is offered (RFC 7301)
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 * @throws SSLException where a version or a cipher suite is not known
	 */
	public TlsContexts(TlsSettings standard, Map<String, TlsSettings> byName, boolean http2)
			throws GeneralSecurityException, SSLException {
		this.http2 = http2;
		Map<String, SslContext> contexts = new HashMap<>();
		for (Map.Entry<String, TlsSettings> entry : byName.entrySet()) {
			contexts.put(normal(entry.getKey()), entry.getValue().createContext(this.http2));
			this.byName.put(normal(entry.getKey()), entry.getValue());
		}
		this.standard = standard;
		this.selection = new Selection(standard.createContext(this.http2), Map.copyOf(contexts));
	}

	/**
	 * Whether HTTP/2 is offered.
	 * @return whether clients may choose it in the handshake
	 */
	public boolean offersHttp2() {
		return this.http2;
	}

	/**
	 * Replace the standard context.
	 * @param settings what it is like; on failure the old one stays
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 * @throws SSLException where a version or a cipher suite is not known
	 */
	public void replace(TlsSettings settings) throws GeneralSecurityException, SSLException {
		SslContext context = settings.createContext(this.http2);
		synchronized (this) {
			if (this.quic != null) {
				this.quic.replace(settings);
			}
			this.standard = settings;
			this.selection = new Selection(context, this.selection.byName);
		}
	}

	/**
	 * Replace the context of a name.
	 * @param name the name, as it was given at first
	 * @param settings what it is like; on failure the old one stays
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 * @throws SSLException where a version or a cipher suite is not known
	 */
	public void replace(String name, TlsSettings settings) throws GeneralSecurityException, SSLException {
		SslContext context = settings.createContext(this.http2);
		synchronized (this) {
			if (this.quic != null) {
				this.quic.replace(normal(name), settings);
			}
			this.byName.put(normal(name), settings);
			Map<String, SslContext> contexts = new HashMap<>(this.selection.byName);
			contexts.put(normal(name), context);
			this.selection = new Selection(this.selection.standard, Map.copyOf(contexts));
		}
	}

	/**
	 * Make the same contexts for QUIC, and keep them up to date from now on.
	 * @param earlyData whether requests may come before the handshake has ended
	 * @throws GeneralSecurityException where keys or trust cannot be used
	 */
	public synchronized void prepareQuic(boolean earlyData) throws GeneralSecurityException {
		if (this.quic == null) {
			this.quic = new QuicContexts(this.standard, this.byName, earlyData);
		}
	}

	/**
	 * The contexts for QUIC.
	 * @return the contexts, which were {@linkplain #prepareQuic prepared}
	 */
	synchronized QuicContexts quic() {
		return Objects.requireNonNull(this.quic);
	}

	/**
	 * Whether a client's wish makes a difference.
	 * @return whether there are contexts of names
	 */
	boolean hasNames() {
		return !this.selection.byName.isEmpty();
	}

	/**
	 * The context for a client.
	 * @param name the name it asks for, {@code null} for none
	 * @return the context
	 */
	SslContext find(@Nullable String name) {
		Selection now = this.selection;
		SslContext context = find(now.byName, name);
		return (context != null) ? context : now.standard;
	}

	/**
	 * Find what is there for a name.
	 * @param <T> what that is
	 * @param byName what there is, by names in lower case
	 * @param name the name that a client asks for, {@code null} for none
	 * @return what is there for it, {@code null} where nothing is
	 */
	static <T> @Nullable T find(Map<String, T> byName, @Nullable String name) {
		if (name == null || byName.isEmpty()) {
			return null;
		}
		String asked = normal(name);
		T found = byName.get(asked);
		int dot = asked.indexOf('.');
		return (found != null || dot <= 0) ? found : byName.get(WILDCARD + asked.substring(dot + 1));
	}

	private static String normal(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

	private record Selection(SslContext standard, Map<String, SslContext> byName) {

	}

}
