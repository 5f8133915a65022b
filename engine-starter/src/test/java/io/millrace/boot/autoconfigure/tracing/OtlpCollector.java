package io.millrace.boot.autoconfigure.tracing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes spans by OTLP over HTTP as a collector does, and keeps them: as much of
 * {@code opentelemetry/proto/trace/v1} as there is to look at.
 */
final class OtlpCollector implements AutoCloseable {

	private final List<Span> spans = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	OtlpCollector() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/v1/traces", this::take);
		this.server.start();
	}

	/**
	 * What an application is started with to export all its spans to here.
	 * @param test what else a test starts it with
	 * @param stack what else all tests of its stack do
	 */
	String[] properties(String[] test, String... stack) {
		Stream<String> ours = Stream.of("management.tracing.sampling.probability=1.0",
				"management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:"
						+ this.server.getAddress().getPort() + "/v1/traces",
				"millrace.event-loops=1");
		return Stream.of(ours, Stream.of(stack), Stream.of(test)).flatMap((each) -> each).toArray(String[]::new);
	}

	/**
	 * The only span of a request that was part of {@link ClientTrace}.
	 */
	Span traced(String path) {
		List<Span> found = this.spans.stream()
			.filter((span) -> span.name().equals("http get " + path) && span.kind() == Span.SERVER)
			.filter((span) -> span.traceId().equals(ClientTrace.ID))
			.toList();
		assertThat(found).as(path).hasSize(1);
		return found.get(0);
	}

	private void take(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			boolean understood = "application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
			if (understood) {
				new ProtobufMessage(body).messages(1).forEach(this::takeResource);
			}
			exchange.sendResponseHeaders(understood ? 200 : 415, -1);
		}
	}

	// ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2
	private void takeResource(ProtobufMessage resourceSpans) {
		for (ProtobufMessage scopeSpans : resourceSpans.messages(2)) {
			for (ProtobufMessage span : scopeSpans.messages(2)) {
				this.spans.add(span(span));
			}
		}
	}

	private static Span span(ProtobufMessage span) {
		HexFormat hex = HexFormat.of();
		Map<String, String> attributes = new HashMap<>();
		for (ProtobufMessage attribute : span.messages(9)) {
			// KeyValue.key = 1, .value = 2; AnyValue.string_value = 1
			attribute.messages(2).forEach((value) -> attributes.put(attribute.text(1), value.text(1)));
		}
		return new Span(hex.formatHex(span.bytes(1)), hex.formatHex(span.bytes(2)), hex.formatHex(span.bytes(4)),
				span.text(5), span.number(6), attributes);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
