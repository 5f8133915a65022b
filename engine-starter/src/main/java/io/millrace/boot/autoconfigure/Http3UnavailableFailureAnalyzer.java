package io.millrace.boot.autoconfigure;

import java.util.Locale;

import io.millrace.core.http3.Http3UnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells what is missing for HTTP/3.
 */
class Http3UnavailableFailureAnalyzer extends AbstractFailureAnalyzer<Http3UnavailableException> {

	private static final String PROPERTY = "millrace.http3.enabled";

	private static final String CODEC = "    <dependency>\n        <groupId>io.netty</groupId>\n"
			+ "        <artifactId>netty-codec-http3</artifactId>\n    </dependency>\n";

	private static final String OFF = "Or set " + PROPERTY + "=false.";

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, Http3UnavailableException cause) {
		return new FailureAnalysis(
				"'" + PROPERTY + "=true' is not possible here. " + cause.getMessage() + reason(cause) + ".",
				action(cause.reason()) + OFF, cause);
	}

	private static String reason(Http3UnavailableException failure) {
		if (failure.reason() != Http3UnavailableException.Reason.LIBRARY) {
			return "";
		}
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return " (" + ((root.getMessage() != null) ? root.getMessage() : root.toString()) + ")";
	}

	private static String action(Http3UnavailableException.Reason reason) {
		return switch (reason) {
			case TLS -> "Give the server a certificate: name an SSL bundle in server.ssl.bundle, or set "
					+ "server.ssl.certificate and server.ssl.certificate-private-key, or server.ssl.key-store. ";
			case CODEC -> "Add\n\n" + CODEC
					+ "\nwhose version Spring Boot manages; it brings QUIC's native library for Linux, macOS and "
					+ "Windows. ";
			case LIBRARY -> "Add\n\n" + library(platform())
					+ "\nunless it is there: netty-codec-http3 brings it for Linux (glibc 2.17 or later), macOS and "
					+ "Windows, on x86-64, and on ARM but for Windows. Nothing else has it. ";
		};
	}

	private static String library(String classifier) {
		return "    <dependency>\n        <groupId>io.netty</groupId>\n"
				+ "        <artifactId>netty-codec-native-quic</artifactId>\n        <classifier>" + classifier
				+ "</classifier>\n        <scope>runtime</scope>\n    </dependency>\n";
	}

	// As Netty calls them.
	private static String platform() {
		String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
		String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
		String name = system.startsWith("mac") ? "osx" : system.startsWith("windows") ? "windows" : "linux";
		return name + (processor.equals("aarch64") ? "-aarch_64" : "-x86_64");
	}

}
