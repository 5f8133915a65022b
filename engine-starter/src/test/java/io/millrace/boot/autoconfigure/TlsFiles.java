package io.millrace.boot.autoconfigure;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

/**
 * Certificates for tests, and the files that properties name.
 */
final class TlsFiles {

	static final X509Bundle AUTHORITY = build(
			new CertificateBuilder().ecp256().subject("CN=Test Authority").setIsCertificateAuthority(true), null);

	private TlsFiles() {
	}

	static X509Bundle server(String name) {
		return build(new CertificateBuilder().ecp256()
			.subject("CN=" + name)
			.addSanDnsName(name)
			.addSanDnsName("localhost")
			.addExtendedKeyUsageServerAuth(), AUTHORITY);
	}

	static X509Bundle client(String name) {
		return build(new CertificateBuilder().ecp256().subject("CN=" + name).addExtendedKeyUsageClientAuth(),
				AUTHORITY);
	}

	static X509Bundle expired() {
		Instant now = Instant.now();
		return build(new CertificateBuilder().ecp256()
			.subject("CN=old")
			.notBefore(now.minus(Duration.ofDays(30)))
			.notAfter(now.minus(Duration.ofDays(2))), AUTHORITY);
	}

	private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
		try {
			return (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write certificate and key.
	 * @return the properties that name them
	 */
	static String[] pem(Path directory, String prefix, X509Bundle bundle) throws Exception {
		Path certificate = directory.resolve("server.crt");
		Path key = directory.resolve("server.key");
		Files.writeString(key, bundle.getPrivateKeyPEM());
		Files.writeString(certificate, bundle.getCertificatePathPEM());
		return new String[] { prefix + "certificate=" + certificate.toUri(),
				prefix + "certificate-private-key=" + key.toUri() };
	}

	static Path keyStore(Path directory, X509Bundle bundle, String password) throws Exception {
		Path file = directory.resolve("store.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			bundle.toKeyStore(password.toCharArray()).store(out, password.toCharArray());
		}
		return file;
	}

	static Path authority(Path directory) throws Exception {
		return Files.writeString(directory.resolve("authority.crt"), AUTHORITY.getCertificatePEM());
	}

	static SSLContext trusting(@Nullable X509Bundle own) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		KeyManager[] keys = (own != null) ? own.toKeyManagerFactory().getKeyManagers() : null;
		context.init(keys, new TrustManager[] { AUTHORITY.toTrustManager() }, null);
		return context;
	}

}
