package io.millrace.boot.autoconfigure;

import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties that the options of the core are set by: the core checks its options and
 * knows no property, the user knows nothing else.
 */
final class OptionNames {

	private static final Map<String, String> PROPERTIES = Map.ofEntries(Map.entry("eventLoops", "millrace.event-loops"),
			Map.entry("backlog", "millrace.backlog"), Map.entry("maxConnections", "millrace.max-connections"),
			Map.entry("maxRequestLineSize", "millrace.http1.max-request-line-size"),
			Map.entry("maxHeaderSize", "server.max-http-request-header-size"),
			Map.entry("maxHeaderCount", "millrace.http1.max-header-count"),
			Map.entry("maxBodySize", "millrace.max-request-body-size"),
			Map.entry("maxConnectionsPerIp", "millrace.max-connections-per-ip"),
			Map.entry("maxRequestsPerConnection", "millrace.max-requests-per-connection"),
			Map.entry("maxDrainSize", "millrace.http1.max-drain-size"), Map.entry("header", "millrace.timeouts.header"),
			Map.entry("idle", "millrace.timeouts.idle"), Map.entry("write", "millrace.timeouts.write"),
			Map.entry("halfClosed", "millrace.timeouts.half-closed"),
			Map.entry("upgraded", "millrace.timeouts.upgraded"), Map.entry("minBodyRate", "millrace.min-body-rate"),
			Map.entry("bodyGrace", "millrace.body-grace"), Map.entry("maxThreads", "millrace.worker.max-threads"),
			Map.entry("minThreads", "millrace.worker.min-threads"),
			Map.entry("keepAlive", "millrace.worker.keep-alive"),
			Map.entry("maxConcurrency", "millrace.worker.max-concurrency"),
			Map.entry("queueCapacity", "millrace.worker.queue.capacity"),
			Map.entry("watchWorker", "millrace.watch.worker"), Map.entry("watchEventLoop", "millrace.watch.event-loop"),
			Map.entry("watchStarved", "millrace.watch.starved"), Map.entry("watchPinned", "millrace.watch.pinned"),
			Map.entry("requestTimeout", "millrace.timeouts.request"),
			Map.entry("timeoutStatus", "millrace.refusal.timeout-status"),
			Map.entry("refusalStatus", "millrace.refusal.status"),
			Map.entry("retryAfter", "millrace.refusal.retry-after"), Map.entry("reserved", "millrace.worker.reserved"),
			Map.entry("maxWait", "millrace.worker.queue.max-wait"),
			Map.entry("webSocketMaxMessageSize", "millrace.websocket.max-message-size"),
			Map.entry("webSocketMaxFrameSize", "millrace.websocket.max-frame-size"),
			Map.entry("webSocketIdleTimeout", "millrace.websocket.idle-timeout"),
			Map.entry("webSocketPingInterval", "millrace.websocket.ping-interval"),
			Map.entry("webSocketCloseTimeout", "millrace.websocket.close-timeout"),
			Map.entry("webSocketSendTimeout", "millrace.websocket.send-timeout"),
			Map.entry("http3MaxConcurrentStreams", "millrace.http3.max-concurrent-streams"),
			Map.entry("http3Idle", "millrace.http3.idle-timeout"),
			Map.entry("http3StreamWindow", "millrace.http3.stream-window"),
			Map.entry("http3ConnectionWindow", "millrace.http3.connection-window"),
			Map.entry("http3Advertise", "millrace.http3.advertise"),
			Map.entry("handshakeTimeout", "millrace.tls.handshake-timeout"),
			Map.entry("maxConcurrentStreams", "millrace.http2.max-concurrent-streams"),
			Map.entry("initialWindowSize", "millrace.http2.initial-window-size"),
			Map.entry("maxFrameSize", "millrace.http2.max-frame-size"),
			Map.entry("pingInterval", "millrace.http2.ping-interval"),
			Map.entry("gzipLevel", "millrace.compression.gzip-level"),
			Map.entry("brLevel", "millrace.compression.br-level"),
			Map.entry("zstdLevel", "millrace.compression.zstd-level"),
			Map.entry("decompressedSize", "millrace.decompression.max-size"),
			Map.entry("decompressedRatio", "millrace.decompression.max-ratio"),
			Map.entry("admissionInitial", "millrace.admission.initial"),
			Map.entry("admissionMin", "millrace.admission.min"), Map.entry("admissionMax", "millrace.admission.max"),
			Map.entry("admissionWindow", "millrace.admission.window"));

	private static final Pattern WORD = Pattern.compile("\\b[a-z]+\\d?(?:[A-Z][a-z]+)*\\b");

	private OptionNames() {
	}

	/**
	 * Create options, and say the property where they are refused.
	 * @param <T> the type of the options
	 * @param options creates them
	 * @return the options
	 * @throws InvalidConfigurationPropertyValueException with property, value and reason
	 */
	static <T> T check(Supplier<T> options) {
		try {
			return options.get();
		}
		catch (IllegalArgumentException ex) {
			throw translate(ex);
		}
	}

	// The core's messages are "name rule, and is value".
	private static RuntimeException translate(IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		String[] words = message.split(" ", 2);
		String property = PROPERTIES.get(words[0]);
		int value = message.lastIndexOf(", and is ");
		if (property == null || words.length < 2 || value < words[0].length()) {
			return refusal;
		}
		String rule = message.substring(words[0].length() + 1, value);
		return new InvalidConfigurationPropertyValueException(property, message.substring(value + 9),
				"The value " + WORD.matcher(rule).replaceAll(OptionNames::property) + ".");
	}

	private static String property(MatchResult word) {
		// Only names of two words are names for sure.
		boolean name = !word.group().equals(word.group().toLowerCase(java.util.Locale.ROOT));
		return Matcher.quoteReplacement(name ? PROPERTIES.getOrDefault(word.group(), word.group()) : word.group());
	}

}
