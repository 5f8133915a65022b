package io.millrace.boot;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Looks whether a server could show the certificates of a bundle. Otherwise every client
 * would be told so, and nobody else.
 */
final class TlsKeys {

	private TlsKeys() {
	}

	/**
	 * Check the keys of a bundle.
	 * @param bundle the bundle
	 * @throws GeneralSecurityException where there is no key, or its certificate has
	 * expired
	 */
	static void check(SslBundle bundle) throws GeneralSecurityException {
		KeyStore store = bundle.getStores().getKeyStore();
		if (store == null) {
			throw new KeyStoreException("There is neither a certificate with its private key nor a key store");
		}
		List<X509Certificate> certificates = certificates(store, bundle.getKey().getAlias());
		if (certificates.isEmpty()) {
			throw new KeyStoreException("There is no private key in it");
		}
		Date now = new Date();
		for (X509Certificate certificate : certificates) {
			if (now.after(certificate.getNotAfter())) {
				throw new CertificateExpiredException("The certificate of " + certificate.getSubjectX500Principal()
						+ " expired on " + certificate.getNotAfter().toInstant());
			}
		}
	}

	private static List<X509Certificate> certificates(KeyStore store, @Nullable String alias) throws KeyStoreException {
		List<String> aliases = (alias != null) ? List.of(alias) : Collections.list(store.aliases());
		List<X509Certificate> certificates = new ArrayList<>();
		for (String each : aliases) {
			Certificate[] chain = store.isKeyEntry(each) ? store.getCertificateChain(each) : null;
			if (chain != null && chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
				certificates.add(certificate);
			}
		}
		return certificates;
	}

}
