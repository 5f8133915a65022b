package io.millrace.core.http2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;

/**
 * Says what came, and behaves as its path tells.
 */
final class TestApplication implements ExchangeHandler {

	private final List<String> handled = new CopyOnWriteArrayList<>();

	/** The paths of all requests so far. */
	List<String> handled() {
		return this.handled;
	}

	@Override
	public void handle(Exchange exchange) {
		String path = exchange.request().target().path();
		this.handled.add(path);
		switch (path.split("/", 3)[1]) {
			// Never answered.
			case "wait" -> {
			}
			case "early" -> text(exchange, "early");
			case "big" -> big(exchange);
			case "endless" -> endless(exchange);
			case "pausing" -> pausing(exchange);
			case "broken" -> broken(exchange);
			case "breaking" -> breaking(exchange);
			case "count" -> count(exchange, 0);
			case "status" -> {
				exchange.response().status(Integer.parseInt(path.substring(8)));
				exchange.responseBody().write(null, true);
			}
			case "header" -> text(exchange, String.join(",", exchange.request().headers().getAll(path.substring(8))));
			case "echo-fields" -> echoFields(exchange);
			case "host" -> text(exchange, exchange.origin().authority());
			case "trailers" ->
				body(exchange, (body) -> text(exchange, body + " " + exchange.requestBody().trailers().get("x-test")));
			case "with-trailers" -> withTrailers(exchange);
			case "connection-fields" -> connectionFields(exchange);
			default -> body(exchange, (body) -> text(exchange, exchange.request().method() + " "
					+ exchange.request().target().pathAndQuery() + (body.isEmpty() ? "" : " " + body)));
		}
	}

	private static void big(Exchange exchange) {
		int size = Integer.parseInt(String.valueOf(exchange.request().target().query()));
		exchange.responseBody().write(exchange.allocator().buffer(size).writeZero(size), true);
	}

	// For as many milliseconds as the query says.
	private static void pausing(Exchange exchange) {
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "before"), false);
		exchange.stream()
			.executor()
			.schedule(() -> text(exchange, "after"),
					Long.parseLong(String.valueOf(exchange.request().target().query())), TimeUnit.MILLISECONDS);
	}

	private static void broken(Exchange exchange) {
		int size = Integer.parseInt(String.valueOf(exchange.request().target().query()));
		exchange.responseBody().write(exchange.allocator().buffer(size).writeZero(size), false);
		exchange.fail(new IOException("As it was asked for"));
	}

	// Takes a body and writes without an end until it fails.
	private static void breaking(Exchange exchange) {
		exchange.requestBody().demand(() -> {
		});
		exchange.stream()
			.executor()
			.schedule(() -> exchange.fail(new IOException("As it was asked for")),
					Long.parseLong(String.valueOf(exchange.request().target().query())), TimeUnit.MILLISECONDS);
		endless(exchange);
	}

	// As fast as the client reads.
	private static void endless(Exchange exchange) {
		while (exchange.responseBody().isWritable()) {
			exchange.responseBody().write(exchange.allocator().buffer(8192).writeZero(8192), false);
		}
		exchange.responseBody().onWritable(() -> {
			if (exchange.responseBody().isWritable()) {
				endless(exchange);
			}
		});
	}

	private static void echoFields(Exchange exchange) {
		String names = exchange.request().target().query();
		if (names != null) {
			for (String name : names.split(",")) {
				exchange.response()
					.headers()
					.set("x-echo-" + name, String.join(",", exchange.request().headers().getAll(name)));
			}
		}
		text(exchange, "echo");
	}

	private static void withTrailers(Exchange exchange) {
		exchange.response().trailers(new DefaultHttpHeaders().set("X-Checksum", "42"));
		text(exchange, "body");
	}

	private static void connectionFields(Exchange exchange) {
		exchange.response()
			.headers()
			.set("Connection", "close, X-Named")
			.set("Keep-Alive", "timeout=5")
			.set("Proxy-Connection", "close")
			.set("Transfer-Encoding", "chunked")
			.set("Upgrade", "h2c")
			.set("X-Other", "Kept");
		text(exchange, "body");
	}

	private static void count(Exchange exchange, long before) {
		long count = before;
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				count += part.readableBytes();
				part.release();
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
			return;
		}
		long counted = count;
		if (exchange.requestBody().isEnded()) {
			text(exchange, counted + " bytes");
		}
		else {
			exchange.requestBody().demand(() -> count(exchange, counted));
		}
	}

	private static void body(Exchange exchange, Consumer<String> whole) {
		body(exchange, new StringBuilder(), whole);
	}

	private static void body(Exchange exchange, StringBuilder body, Consumer<String> whole) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				body.append(part.toString(StandardCharsets.ISO_8859_1));
				part.release();
			}
			if (exchange.requestBody().isEnded()) {
				whole.accept(body.toString());
			}
			else {
				exchange.requestBody().demand(() -> body(exchange, body, whole));
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
		}
	}

	private static void text(Exchange exchange, String text) {
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), text), true);
	}

}
