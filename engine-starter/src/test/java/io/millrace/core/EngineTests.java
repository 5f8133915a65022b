package io.millrace.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.Route;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Engine} on every transport that works here.
 */
class EngineTests {

	static void text(Exchange exchange, String text) {
		exchange.response().headers().set("Content-Type", "text/plain");
		exchange.responseBody().write(ByteBufUtil.writeUtf8(exchange.allocator(), text), true);
	}

	private static final ExchangeHandler ECHO = new ExchangeHandler() {

		@Override
		public void handle(Exchange exchange) throws Exception {
			StringBuilder body = new StringBuilder();
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				body.append(part.toString(StandardCharsets.UTF_8));
				part.release();
			}
			text(exchange, exchange.request().method() + " " + exchange.request().target().pathAndQuery() + " " + body);
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

	};

	private static Engine start(Transport transport) throws Exception {
		Engine engine = new Engine(EngineConfig.builder()
			.transport(transport)
			.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
			.routes(List.of(Route.get("/fast", (exchange) -> text(exchange, "fast"))))
			.build(), ECHO);
		engine.start();
		return engine;
	}

	@ParameterizedTest
	@EnumSource
	void answersByWorkersAndByTheLoopOnOneConnection(Transport transport) throws Exception {
		Assumptions.assumeTrue(transport.isAvailable());
		Engine engine = start(transport);
		try (RawClient client = new RawClient(engine.port())) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
				assertThat(client.get("/slow?x=" + i).receive().body()).isEqualTo("GET /slow?x=" + i + " ");
				client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
				RawClient.Response response = client.receive();
				assertThat(response.statusLine()).isEqualTo("HTTP/1.1 200 OK");
				assertThat(response.body()).isEqualTo("POST /echo hello");
				assertThat(response.header("content-length")).isEqualTo("16");
				assertThat(response.header("date")).endsWith("GMT");
			}
		}
		finally {
			engine.close();
		}
	}

}
