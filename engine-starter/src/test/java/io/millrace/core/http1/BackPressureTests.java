package io.millrace.core.http1;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.ReceivedBody;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Downloads and echoes that are much larger than what is held of them, over real sockets;
 * uploads are in {@link RequestBodyTests}.
 */
class BackPressureTests {

	private static final int PART = 32 * 1024;

	private static final int PARTS = 1500;

	private final AtomicLong written = new AtomicLong();

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private void reactive(Exchange exchange, int parts) {
		int left = parts;
		while (left > 0 && exchange.responseBody().isWritable()) {
			part(exchange, --left == 0);
		}
		if (left > 0) {
			int rest = left;
			exchange.responseBody().onWritable(() -> reactive(exchange, rest));
		}
	}

	private void blocking(Exchange exchange) throws InterruptedException {
		for (int left = PARTS - 1; left >= 0; left--) {
			CountDownLatch room = new CountDownLatch(1);
			exchange.responseBody().onWritable(room::countDown);
			room.await();
			part(exchange, left == 0);
		}
	}

	private void part(Exchange exchange, boolean last) {
		this.written.addAndGet(PART);
		exchange.responseBody().write(exchange.allocator().buffer(PART).writeZero(PART), last);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aDownloadIsMadeNoFasterThanItIsTaken(Transport transport) throws Exception {
		ExchangeHandler reactive = (exchange) -> reactive(exchange, PARTS);
		for (ExchangeHandler handler : List.of(reactive, TestServer.blocking(this::blocking))) {
			this.written.set(0);
			AtomicReference<Exchange> exchange = new AtomicReference<>();
			ExchangeHandler seen = new ExchangeHandler() {

				@Override
				public void handle(Exchange started) throws Exception {
					exchange.set(started);
					handler.handle(started);
				}

				@Override
				public boolean mayBlock() {
					return handler.mayBlock();
				}

			};
			try (TestServer server = TestServer.start(transport, seen); Socket socket = new Socket()) {
				socket.setReceiveBufferSize(4096);
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
				try (RawClient client = new RawClient(socket)) {
					client.get("/");
					Awaitility.await().until(this::isSteady);
					assertThat(exchange.get().responseBody().isWritable()).isFalse();
					// What fits into the buffers of the kernel, of 49 MB.
					assertThat(this.written.get()).isLessThan(16_000_000);
					assertThat(client.receive().body()).hasSize(PART * PARTS);
				}
			}
		}
	}

	private boolean isSteady() throws InterruptedException {
		long before = this.written.get();
		new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
		return before > 0 && this.written.get() == before;
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anEchoHoldsBothSidesBack(Transport transport) throws Exception {
		AtomicLong ahead = new AtomicLong();
		try (TestServer server = TestServer.start(transport, (exchange) -> echo(exchange, 0, ahead));
				RawClient client = server.connect()) {
			int size = 30_000_000;
			Thread sender = new Thread(() -> {
				try {
					client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
					for (int i = 0; i < 30; i++) {
						client.send(new byte[1_000_000]);
					}
				}
				catch (java.io.IOException ex) {
					// the test sees what is missing
				}
			});
			sender.start();
			new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
			assertThat(client.receive().body()).hasSize(size);
			sender.join();
			assertThat(ahead.get()).isLessThanOrEqualTo(2 * ReceivedBody.HIGH_WATERMARK + 64 * 1024);
			assertThat(client.get("/next").receive().status()).isEqualTo(200);
		}
	}

	private static void echo(Exchange exchange, long read, AtomicLong ahead) {
		try {
			long taken = read;
			while (exchange.responseBody().isWritable()) {
				ahead.accumulateAndGet(exchange.requestBody().received() - taken, Math::max);
				ByteBuf part = exchange.requestBody().read();
				if (part != null) {
					taken += part.readableBytes();
					exchange.responseBody().write(part, false);
				}
				else if (exchange.requestBody().isEnded()) {
					exchange.responseBody().write(null, true);
					return;
				}
				else {
					long now = taken;
					exchange.requestBody().demand(() -> echo(exchange, now, ahead));
					return;
				}
			}
			long now = taken;
			exchange.responseBody().onWritable(() -> echo(exchange, now, ahead));
		}
		catch (java.io.IOException ex) {
			exchange.fail(ex);
		}
	}

}
