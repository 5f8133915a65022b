package io.millrace.boot;

import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.util.Version;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the Netty found at run time has a hole that we know of: the application's
 * dependency management decides the version, not ours.
 */
public final class NettyHoles {

	private static final Log logger = LogFactory.getLog(NettyHoles.class);

	private static final AtomicBoolean told = new AtomicBoolean();

	private NettyHoles() {
	}

	/**
	 * Say so, once in the life of the process: not as a warning, as Boot itself brings
	 * such a version and this engine is safe on it.
	 */
	static void warnOnce() {
		if (told.compareAndSet(false, true)) {
			String warning = warning();
			if (warning != null) {
				logger.info(warning);
			}
		}
	}

	/**
	 * What to say of the version that is there.
	 * @return the warning, {@code null} where there is none
	 */
	public static @Nullable String warning() {
		Version codec = Version.identify(NettyHoles.class.getClassLoader()).get("netty-codec-http");
		return (codec != null) ? warning(codec.artifactVersion()) : null;
	}

	/**
	 * What to say of a version.
	 * @param version the version, for example {@code 4.2.17.Final}
	 * @return the warning, {@code null} where there is none
	 */
	static @Nullable String warning(String version) {
		String[] parts = version.split("\\.");
		boolean affected = parts.length > 2 && parts[0].equals("4") && parts[1].equals("2")
				&& parts[2].matches("\\d{1,4}") && Integer.parseInt(parts[2]) < 18;
		return affected ? "Netty " + version
				+ " has a hole: its HttpServerCodec queues pipelined requests without bound "
				+ "(GHSA-pvjx-v7vp-62vq). Millrace does not use that class and has a bound of its own, but other servers "
				+ "on Netty in this application may. Remedy: set the property netty.version of your build to 4.2.18.Final "
				+ "or later." : null;
	}

}
