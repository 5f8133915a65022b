package io.millrace.core.http3;

import io.netty.handler.codec.quic.Quic;
import org.jspecify.annotations.Nullable;

/**
 * Whether HTTP/3 can be spoken here. The only class of the package, with its options and
 * its exception, that may be used where Netty's codec is missing.
 */
public final class Http3Support {

	private static final String CODEC = "io.netty.handler.codec.http3.Http3";

	private Http3Support() {
	}

	/**
	 * Check that everything is there.
	 * @param encrypted whether the server has a certificate
	 * @throws Http3UnavailableException where something is missing
	 */
	public static void check(boolean encrypted) {
		if (!encrypted) {
			throw new Http3UnavailableException(Http3UnavailableException.Reason.TLS, null);
		}
		try {
			Class.forName(CODEC, false, Http3Support.class.getClassLoader());
			Class.forName("io.netty.handler.codec.quic.Quic", false, Http3Support.class.getClassLoader());
		}
		catch (ClassNotFoundException | LinkageError ex) {
			throw new Http3UnavailableException(Http3UnavailableException.Reason.CODEC, ex);
		}
		Throwable cause = Native.unavailabilityCause();
		if (cause != null) {
			throw new Http3UnavailableException(Http3UnavailableException.Reason.LIBRARY, cause);
		}
	}

	/** Is loaded only where Netty's classes are there. */
	private static final class Native {

		static @Nullable Throwable unavailabilityCause() {
			return Quic.unavailabilityCause();
		}

	}

}
