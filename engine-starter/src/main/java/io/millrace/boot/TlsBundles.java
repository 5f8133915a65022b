package io.millrace.boot;

import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ServerNameSslBundle;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.util.StringUtils;

/**
 * From {@code server.ssl.*} and the SSL bundles that it names to the engine's TLS. A
 * bundle that is reloaded takes effect for new connections; where it cannot be used the
 * old one stays.
 */
final class TlsBundles {

	private static final Log logger = LogFactory.getLog(TlsBundles.class);

	private final Ssl ssl;

	private final @Nullable SslBundles bundles;

	private final String property;

	private final boolean http2;

	/**
	 * Read the settings of a server.
	 * @param ssl the settings
	 * @param bundles the bundles that they may name
	 * @param property what it is set by, for example {@code server.ssl}
	 * @param http2 whether clients may choose HTTP/2 in the handshake
	 */
	TlsBundles(Ssl ssl, @Nullable SslBundles bundles, String property, boolean http2) {
		this.ssl = ssl;
		this.bundles = bundles;
		this.property = property;
		this.http2 = http2;
	}

	/**
	 * Make the contexts, and keep them up to date.
	 * @return the contexts
	 * @throws InvalidTlsException where what is set cannot be used
	 */
	TlsContexts createContexts() {
		TlsSettings standard = read(name(), () -> WebServerSslBundle.get(this.ssl, this.bundles));
		Map<String, TlsSettings> byName = new HashMap<>();
		for (ServerNameSslBundle entry : this.ssl.getServerNameBundles()) {
			byName.put(entry.serverName(), read(entry.bundle(), () -> bundles().getBundle(entry.bundle())));
		}
		TlsContexts contexts = create(standard, byName);
		follow(contexts);
		return contexts;
	}

	private TlsContexts create(TlsSettings standard, Map<String, TlsSettings> byName) {
		try {
			return new TlsContexts(standard, byName, this.http2);
		}
		catch (Exception ex) {
			throw new InvalidTlsException(this.property, name(), ex);
		}
	}

	// What a bundle is asked for reads its files.
	private TlsSettings read(@Nullable String bundle, BundleSource source) {
		try {
			return settings(source.get());
		}
		catch (Exception ex) {
			throw new InvalidTlsException(this.property, bundle, ex);
		}
	}

	private void follow(TlsContexts contexts) {
		String standard = name();
		if (standard != null) {
			bundles().addBundleUpdateHandler(standard,
					(bundle) -> update(standard, () -> contexts.replace(settings(bundle))));
		}
		for (ServerNameSslBundle entry : this.ssl.getServerNameBundles()) {
			bundles().addBundleUpdateHandler(entry.bundle(),
					(bundle) -> update(entry.bundle(), () -> contexts.replace(entry.serverName(), settings(bundle))));
		}
	}

	private static void update(String bundle, Replacement replacement) {
		try {
			replacement.run();
			logger.info("The SSL bundle '" + bundle + "' was reloaded; new connections get its certificate");
		}
		catch (Exception ex) {
			logger.error("The SSL bundle '" + bundle + "' has changed and cannot be used; new connections get the "
					+ "certificate that it had before", ex);
		}
	}

	private TlsSettings settings(SslBundle bundle) throws GeneralSecurityException {
		TlsKeys.check(bundle);
		SslOptions options = bundle.getOptions();
		ClientCertificate clients = Ssl.ClientAuth.map(this.ssl.getClientAuth(), ClientCertificate.NONE,
				ClientCertificate.WANT, ClientCertificate.NEED);
		return new TlsSettings(bundle.getManagers().getKeyManagerFactory(),
				bundle.getManagers().getTrustManagerFactory(), (clients != null) ? clients : ClientCertificate.NONE,
				bundle.getProtocol(), list(options.getEnabledProtocols()), list(options.getCiphers()));
	}

	private static @Nullable List<String> list(String @Nullable [] values) {
		return (values != null && values.length > 0) ? List.of(values) : null;
	}

	private @Nullable String name() {
		return StringUtils.hasText(this.ssl.getBundle()) ? this.ssl.getBundle() : null;
	}

	private SslBundles bundles() {
		if (this.bundles == null) {
			throw new IllegalStateException("An SSL bundle is named, and there are none");
		}
		return this.bundles;
	}

	@FunctionalInterface
	private interface BundleSource {

		SslBundle get() throws Exception;

	}

	@FunctionalInterface
	private interface Replacement {

		void run() throws Exception;

	}

}
