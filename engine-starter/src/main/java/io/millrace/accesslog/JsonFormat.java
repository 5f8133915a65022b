package io.millrace.accesslog;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with the field sets of the Elastic Common Schema (8.11), nested as Boot's
 * structured logging has them, and one of ours, {@code millrace}.
 */
final class JsonFormat extends LineFormat {

	private static final String VERSION = "HTTP/";

	// The smallest status that is no success.
	private static final int FAILURE = 400;

	private final Masks masks;

	private final Header[] requestHeaders;

	private final Header[] responseHeaders;

	private final UtcTime time = new UtcTime();

	JsonFormat(Masks masks, List<String> requestHeaders, List<String> responseHeaders) {
		this.masks = masks;
		this.requestHeaders = requestHeaders.stream().map(Header::of).toArray(Header[]::new);
		this.responseHeaders = responseHeaders.stream().map(Header::of).toArray(Header[]::new);
	}

	@Override
	void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis) {
		line.append("{\"@timestamp\":\"");
		this.time.append(line, endedMillis);
		line.append("\",\"ecs\":{\"version\":\"8.11\"}");
		event(line, exchange, completed);
		http(line, exchange);
		url(line, exchange.target());
		address(line, "client", exchange.clientAddress());
		address(line, "source", exchange.remoteAddress());
		String agent = exchange.requestHeader("User-Agent");
		if (agent != null) {
			line.append(",\"user_agent\":{\"original\":\"");
			this.masks.appendHeader(line, "User-Agent", agent, Escape.JSON);
			line.append("\"}");
		}
		String trace = exchange.requestHeader("traceparent");
		if (trace != null && TraceParent.isValid(trace)) {
			line.append(",\"trace\":{\"id\":\"");
			if (this.masks.hides("traceparent")) {
				line.append(QueryMask.MASKED);
			}
			else {
				TraceParent.appendTraceId(line, trace);
			}
			line.append("\"}");
		}
		millrace(line, exchange, completed);
		line.append('}');
	}

	private static void event(Line line, ObservedExchange exchange, boolean completed) {
		boolean success = completed && exchange.status() > 0 && exchange.status() < FAILURE;
		line.append(",\"event\":{\"kind\":\"event\",\"category\":[\"web\"],\"type\":[\"access\"],\"dataset\":\""
				+ "millrace.access\",\"outcome\":\"");
		line.append(success ? "success" : "failure");
		line.append("\",\"duration\":").append(PatternCodes.nanos(exchange)).append('}');
	}

	private void http(Line line, ObservedExchange exchange) {
		line.append(",\"http\":{");
		String protocol = exchange.protocol();
		if (protocol != null && protocol.startsWith(VERSION)) {
			line.append("\"version\":\"");
			Escape.JSON.append(line, protocol, VERSION.length(), protocol.length());
			line.append("\",");
		}
		request(line, exchange);
		line.append(",\"response\":{");
		if (exchange.status() > 0) {
			line.append("\"status_code\":").append(exchange.status()).append(',');
		}
		line.append("\"body\":{\"bytes\":").append(exchange.responseBytes()).append('}');
		int start = line.length();
		for (Header header : this.responseHeaders) {
			header(line, start, header, exchange.responseHeader(header.name()));
		}
		end(line, start);
		line.append("}}");
	}

	private void request(Line line, ObservedExchange exchange) {
		line.append("\"request\":{");
		String method = exchange.method();
		if (method != null) {
			line.append("\"method\":\"");
			Escape.JSON.append(line, method);
			line.append("\",");
		}
		line.append("\"body\":{\"bytes\":").append(exchange.requestBytes()).append('}');
		field(line, ",\"referrer\":\"", "Referer", exchange.requestHeader("Referer"));
		field(line, ",\"id\":\"", "X-Request-ID", exchange.requestHeader("X-Request-ID"));
		int start = line.length();
		for (Header header : this.requestHeaders) {
			header(line, start, header, exchange.requestHeader(header.name()));
		}
		end(line, start);
		line.append('}');
	}

	private void field(Line line, String beginning, String name, @Nullable String value) {
		if (value != null) {
			line.append(beginning);
			this.masks.appendHeader(line, name, value, Escape.JSON);
			line.append('"');
		}
	}

	private void header(Line line, int start, Header header, @Nullable String value) {
		if (value != null) {
			line.append((line.length() == start) ? ",\"headers\":{" : ",").append(header.key());
			this.masks.appendHeader(line, header.name(), value, Escape.JSON);
			line.append('"');
		}
	}

	// The headers are an object of their own, if there are any.
	private static void end(Line line, int start) {
		if (line.length() > start) {
			line.append('}');
		}
	}

	private void url(Line line, @Nullable String target) {
		if (target == null) {
			return;
		}
		line.append(",\"url\":{\"original\":\"");
		this.masks.query().appendUrl(line, target, Escape.JSON);
		line.append("\",\"path\":\"");
		int query = Target.pathEnd(target);
		Escape.JSON.append(line, target, Target.pathStart(target), query);
		line.append('"');
		if (query < target.length()) {
			line.append(",\"query\":\"");
			this.masks.query().append(line, target, query + 1, Escape.JSON);
			line.append('"');
		}
		line.append('}');
	}

	private void address(Line line, String name, InetSocketAddress address) {
		if (address.getAddress() != null) {
			line.append(",\"").append(name).append("\":{\"ip\":\"");
			Addresses.append(line, address, this.masks.clientAddress());
			line.append('"');
			// What a proxy says has none.
			if (address.getPort() > 0) {
				line.append(",\"port\":").append(address.getPort());
			}
			line.append('}');
		}
	}

	private static void millrace(Line line, ObservedExchange exchange, boolean completed) {
		line.append(",\"millrace\":{\"connection\":\"");
		Escape.JSON.append(line, exchange.connectionId());
		line.append("\",\"mode\":\"");
		Escape.JSON.append(line, exchange.mode());
		line.append("\",\"priority\":\"");
		Escape.JSON.append(line, exchange.priority());
		line.append("\",\"wait\":").append(exchange.waitNanos());
		line.append(",\"service\":").append(exchange.serviceNanos());
		String refusal = exchange.refusal();
		if (refusal != null) {
			line.append(",\"refusal\":\"");
			Escape.JSON.append(line, refusal);
			line.append('"');
		}
		line.append(completed ? ",\"completed\":true}" : ",\"completed\":false}");
	}

	/**
	 * A field that is written where it is there.
	 *
	 * @param name its name
	 * @param key what stands before its value
	 */
	private record Header(String name, byte[] key) {

		static Header of(String name) {
			String key = "\"" + name.toLowerCase(Locale.ROOT) + "\":\"";
			return new Header(name, key.getBytes(StandardCharsets.US_ASCII));
		}

	}

}
