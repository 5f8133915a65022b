package io.millrace.boot.autoconfigure.explain;

import java.util.List;
import java.util.stream.Stream;

import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The settings of Boot that matter to a server, besides those of ours.
 */
final class ServerSettings {

	// Told in any case: they are what one looks for.
	private static final List<String> COMMON = List.of("server.port", "server.address", "server.server-header",
			"server.max-http-request-header-size", "server.shutdown", "server.forward-headers-strategy");

	private static final List<String> SERVLET = List.of("server.servlet.context-path", "server.servlet.session.timeout",
			"server.servlet.session.persistent", "server.servlet.register-default-servlet");

	private static final List<String> REACTIVE = List.of("server.reactive.session.timeout");

	private static final List<String> HARMLESS = List.of("server.servlet.", "server.reactive.", "server.compression.",
			"server.http2.", "server.tomcat.", "server.jetty.", "server.netty.", "server.undertow.");

	private ServerSettings() {
	}

	/**
	 * What is told although nobody has set it.
	 * @param reactive whether the application is reactive
	 * @return names under {@code server}
	 */
	static List<String> always(boolean reactive) {
		return Stream.concat(COMMON.stream(), (reactive ? REACTIVE : SERVLET).stream()).toList();
	}

	/**
	 * Whether everybody may see what somebody has set.
	 * @param name the property
	 * @return whether it is known and no secret
	 */
	static boolean isHarmless(String name) {
		// Parameters of the context are named and filled by the application.
		return COMMON.contains(name) || (!name.startsWith("server.servlet.context-parameters")
				&& HARMLESS.stream().anyMatch(name::startsWith));
	}

	/**
	 * Why a known property does nothing that somebody has set.
	 * @param name the property
	 * @param situation where
	 * @return the reason, {@code null} where it is honoured
	 */
	static @Nullable String ignored(String name, Situation situation) {
		if (situation.reactive() && name.startsWith("server.servlet.")) {
			return "this is a reactive application, and has no servlets";
		}
		if (!situation.reactive() && name.startsWith("server.reactive.")) {
			return "this is a servlet application";
		}
		Environment environment = situation.environment();
		if (name.startsWith("server.ssl.") && !name.equals("server.ssl.enabled")
				&& !environment.getProperty("server.ssl.enabled", Boolean.class, true)) {
			return "server.ssl.enabled is false";
		}
		if (name.startsWith("server.compression.") && !name.equals("server.compression.enabled")
				&& !environment.getProperty("server.compression.enabled", Boolean.class, false)) {
			return "server.compression.enabled is false";
		}
		return name.startsWith("server.servlet.jsp.") ? "JSPs are not served" : null;
	}

	/**
	 * Why virtual threads that are switched on in Boot run no requests.
	 * @param situation where
	 * @return the reason, {@code null} where they do
	 */
	static @Nullable String ignoredVirtual(Situation situation) {
		if (situation.machine().jvm().version() < 21) {
			return "virtual threads need JDK 21 or later, and this is JDK " + situation.machine().jvm().version();
		}
		if (situation.reactive()) {
			return "WebFlux handlers run on the event loops";
		}
		WorkerMode mode = situation.config().worker().mode();
		return (mode == WorkerMode.VIRTUAL || mode == WorkerMode.LOOP) ? null
				: "millrace.worker.mode is " + SettingValues.of(mode);
	}

}
