package io.millrace.core.http1;

import javax.net.ssl.SSLSession;

/**
 * What HTTP/2 asks of TLS (RFC 9113 §9.2).
 */
final class Http2Ciphers {

	private Http2Ciphers() {
	}

	/**
	 * Whether HTTP/2 may not be spoken with what was negotiated: TLS before 1.2, and in
	 * 1.2 everything that has no forward secrecy or no authenticated encryption (§9.2.2
	 * and appendix A).
	 * @param session the TLS session
	 * @return whether the connection has to end
	 */
	static boolean isProhibited(SSLSession session) {
		String version = session.getProtocol();
		String suite = session.getCipherSuite();
		if (version.equals("TLSv1.3")) {
			return false;
		}
		boolean ephemeral = suite.contains("DHE_") && !suite.contains("_anon_");
		boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_") || suite.contains("_CCM");
		return !version.equals("TLSv1.2") || !ephemeral || !authenticated;
	}

}
