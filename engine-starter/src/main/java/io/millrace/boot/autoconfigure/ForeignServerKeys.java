package io.millrace.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The properties of Boot's own servers, which do nothing while Millrace serves: says so,
 * and which property to use instead.
 */
class ForeignServerKeys {

	private static final Log logger = LogFactory.getLog(ForeignServerKeys.class);

	private static final List<String> PREFIXES = List.of("server.tomcat", "server.jetty", "server.netty",
			"server.undertow");

	private static final Map<String, String> REPLACEMENTS = Map.ofEntries(
			Map.entry("server.tomcat.threads.max", "millrace.worker.max-threads"),
			Map.entry("server.tomcat.threads.min-spare", "millrace.worker.min-threads"),
			Map.entry("server.tomcat.threads.max-queue-capacity", "millrace.worker.queue.capacity"),
			Map.entry("server.tomcat.max-connections", "millrace.max-connections"),
			Map.entry("server.tomcat.accept-count", "millrace.backlog"),
			Map.entry("server.tomcat.connection-timeout", "millrace.timeouts.header"),
			Map.entry("server.tomcat.keep-alive-timeout", "millrace.timeouts.idle"),
			Map.entry("server.tomcat.max-keep-alive-requests", "millrace.max-requests-per-connection"),
			Map.entry("server.tomcat.max-swallow-size", "millrace.http1.max-drain-size"),
			Map.entry("server.tomcat.max-http-form-post-size", "millrace.servlet.max-form-size"),
			Map.entry("server.tomcat.max-parameter-count", "millrace.servlet.max-parameter-count"),
			Map.entry("server.tomcat.max-part-count", "millrace.servlet.max-part-count"),
			Map.entry("server.tomcat.max-part-header-size", "millrace.servlet.max-part-header-size"),
			Map.entry("server.tomcat.accesslog.enabled", "millrace.access-log.enabled"),
			Map.entry("server.tomcat.accesslog.pattern", "millrace.access-log.pattern"),
			Map.entry("server.tomcat.accesslog.directory", "millrace.access-log.file.path"),
			Map.entry("server.tomcat.accesslog.prefix", "millrace.access-log.file.path"),
			Map.entry("server.tomcat.accesslog.suffix", "millrace.access-log.file.path"),
			Map.entry("server.tomcat.accesslog.rotate", "millrace.access-log.file.daily"),
			Map.entry("server.tomcat.accesslog.max-days", "millrace.access-log.file.max-history"),
			Map.entry("server.tomcat.remoteip.internal-proxies", "millrace.forwarded.trusted-proxies"),
			Map.entry("server.tomcat.remoteip.trusted-proxies", "millrace.forwarded.trusted-proxies"),
			Map.entry("server.tomcat.remoteip.remote-ip-header", "server.forward-headers-strategy"),
			Map.entry("server.tomcat.remoteip.protocol-header", "server.forward-headers-strategy"),
			Map.entry("server.jetty.threads.max", "millrace.worker.max-threads"),
			Map.entry("server.jetty.threads.min", "millrace.worker.min-threads"),
			Map.entry("server.jetty.threads.max-queue-capacity", "millrace.worker.queue.capacity"),
			Map.entry("server.jetty.threads.idle-timeout", "millrace.worker.keep-alive"),
			Map.entry("server.jetty.threads.selectors", "millrace.event-loops"),
			Map.entry("server.jetty.max-connections", "millrace.max-connections"),
			Map.entry("server.jetty.connection-idle-timeout", "millrace.timeouts.idle"),
			Map.entry("server.jetty.max-http-form-post-size", "millrace.servlet.max-form-size"),
			Map.entry("server.jetty.max-form-keys", "millrace.servlet.max-parameter-count"),
			Map.entry("server.jetty.accesslog.enabled", "millrace.access-log.enabled"),
			Map.entry("server.jetty.accesslog.format", "millrace.access-log.format"),
			Map.entry("server.jetty.accesslog.custom-format", "millrace.access-log.pattern"),
			Map.entry("server.jetty.accesslog.filename", "millrace.access-log.file.path"),
			Map.entry("server.jetty.accesslog.retention-period", "millrace.access-log.file.max-history"),
			Map.entry("server.jetty.accesslog.ignore-paths", "millrace.access-log.exclude-paths"),
			Map.entry("server.undertow.threads.worker", "millrace.worker.max-threads"),
			Map.entry("server.undertow.threads.io", "millrace.event-loops"),
			Map.entry("server.undertow.no-request-timeout", "millrace.timeouts.idle"),
			Map.entry("server.undertow.max-http-post-size", "millrace.max-request-body-size"),
			Map.entry("server.undertow.max-headers", "millrace.http1.max-header-count"),
			Map.entry("server.undertow.max-parameters", "millrace.servlet.max-parameter-count"),
			Map.entry("server.netty.connection-timeout", "millrace.timeouts.header"),
			Map.entry("server.netty.idle-timeout", "millrace.timeouts.idle"),
			Map.entry("server.netty.max-keep-alive-requests", "millrace.max-requests-per-connection"),
			Map.entry("server.netty.max-initial-line-length", "millrace.http1.max-request-line-size"));

	// The names of environment variables do not tell dots from dashes.
	private static final Map<String, String> SQUEEZED = REPLACEMENTS.entrySet()
		.stream()
		.collect(Collectors.toMap((entry) -> squeeze(entry.getKey()), Map.Entry::getValue));

	private final Environment environment;

	ForeignServerKeys(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Warn of the properties that are set, in one line; of none say nothing.
	 */
	void warn() {
		String keys = find().stream()
			.map((key) -> (key.instead() != null) ? key.key() + " (use " + key.instead() + ")" : key.key())
			.collect(Collectors.joining(", "));
		if (!keys.isEmpty()) {
			logger.warn("Not applied, since Millrace serves this application: " + keys);
		}
	}

	/**
	 * Find the properties that are set.
	 * @return the properties with those of ours
	 */
	List<UnusedKey> find() {
		return PREFIXES.stream()
			.flatMap((prefix) -> ConfiguredKeys.under(this.environment, prefix).stream())
			.map((key) -> new UnusedKey(key, UnusedKey.Kind.FOREIGN, null, replacement(key)))
			.toList();
	}

	static boolean isForeign(String key) {
		return PREFIXES.stream().anyMatch((prefix) -> key.startsWith(prefix + "."));
	}

	static @Nullable String replacement(String key) {
		return SQUEEZED.get(squeeze(key));
	}

	private static String squeeze(String key) {
		return key.replaceAll("[^a-z0-9]", "");
	}

}
