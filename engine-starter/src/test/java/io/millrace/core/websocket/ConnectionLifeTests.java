package io.millrace.core.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.millrace.core.RawClient;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.websocket.FrameClient.Frame;
import io.netty.buffer.Unpooled;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.millrace.core.websocket.FrameClient.BINARY;
import static io.millrace.core.websocket.FrameClient.CLOSE;
import static io.millrace.core.websocket.FrameClient.FIN;
import static io.millrace.core.websocket.FrameClient.PING;
import static io.millrace.core.websocket.FrameClient.PONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * From the handshake to the end of a connection: who waits for whom, and how long.
 */
class ConnectionLifeTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	// The handshake

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Sec-WebSocket-Version: 13 | Sec-WebSocket-Version: 8 | 426
			Sec-WebSocket-Version: 13 | X-Version: 13 | 426
			Upgrade: websocket | Upgrade: h2c | 400
			Connection: Upgrade | Connection: keep-alive | 400
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | X-Key: 1 | 400
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | Sec-WebSocket-Key: dGhlIHNhbXBsZQ== | 400
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | Sec-WebSocket-Key: no base64! | 400
			GET / HTTP/1.1 | POST / HTTP/1.1 | 405
			GET / HTTP/1.1 | GET / HTTP/1.0 | 400
			Host: localhost | Host: localhost<>Sec-WebSocket-Extensions: a;;b | 400
			Host: localhost | Host: localhost<>Sec-WebSocket-Extensions: a=b;c | 400
			""")
	void aHandshakeThatIsNoneIsRefused(String right, String wrong, int status) throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				RawClient client = new RawClient(server.port())) {
			client.send(FrameClient.handshake("/").replace(right, wrong.replace("<>", "\r\n")));
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.header("Sec-WebSocket-Version")).isEqualTo("13");
		}
	}

	@Test
	void aHandshakeIsAnsweredAsTheStandardShows() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/", "Sec-WebSocket-Protocol: chat")) {
			assertThat(client.response().header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
			assertThat(client.response().header("Upgrade")).isEqualToIgnoringCase("websocket");
			assertThat(client.response().header("Connection")).isEqualToIgnoringCase("upgrade");
			assertThat(client.response().header("Sec-WebSocket-Protocol")).isEqualTo("chat");
		}
	}

	@Test
	void whatComesWithTheHandshakeIsNotLost() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				RawClient client = new RawClient(new Socket(InetAddress.getLoopbackAddress(), server.port()))) {
			byte[] head = FrameClient.handshake("/").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
			byte[] frame = FrameClient.bytes(FIN | BINARY, new byte[] { 7 });
			byte[] both = java.util.Arrays.copyOf(head, head.length + frame.length);
			System.arraycopy(frame, 0, both, head.length, frame.length);
			client.send(both);
			assertThat(client.receiveHead().status()).isEqualTo(101);
			assertThat(client.in().readNBytes(3)).containsExactly(FIN | BINARY, 1, 7);
		}
	}

	@Test
	void aConnectionIsShownAsWhatItIs() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/")) {
			client.text("hello");
			client.receive();
			ConnectionSnapshot snapshot = server.engine().connections(10, true).get(0);
			assertThat(snapshot.protocol()).isEqualTo("WebSocket");
			assertThat(snapshot.state()).isEqualTo("upgraded");
			assertThat(snapshot.path()).isEqualTo("/");
			assertThat(snapshot.bytesOut()).isGreaterThan(100 + 7);
		}
	}

	// Demand

	@Test
	void nothingIsToldThatNobodyHasRequested() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/lazy")) {
			WebSocketConnection connection = server.awaitOpened();
			client.frame(FIN | PING, "before").text("one").text("two").text("three");
			assertThat(client.receive().text()).isEqualTo("before");
			client.socket().setSoTimeout(200);
			assertThat(silent(client)).isTrue();
			client.socket().setSoTimeout(20_000);
			connection.request(1);
			assertThat(client.receive().text()).isEqualTo("one");
			connection.request(2);
			assertThat(client.receive().text()).isEqualTo("two");
			assertThat(client.receive().text()).isEqualTo("three");
		}
	}

	private static boolean silent(FrameClient client) throws IOException {
		try {
			client.receive();
			return false;
		}
		catch (java.net.SocketTimeoutException ex) {
			return true;
		}
	}

	@Test
	void aClientCannotSendMoreThanIsTaken() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/lazy")) {
			WebSocketConnection connection = server.awaitOpened();
			byte[] message = FrameClient.bytes(FIN | BINARY, new byte[60_000]);
			int count = 400;
			AtomicBoolean sent = new AtomicBoolean();
			Thread sending = new Thread(() -> {
				try {
					for (int i = 0; i < count; i++) {
						client.raw(message);
					}
					sent.set(true);
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			});
			sending.start();
			// 24 MB are more than the buffers of both sockets take.
			Awaitility.await()
				.during(SHORT)
				.until(() -> server.engine().connections(1, true).get(0).bytesIn(),
						(read) -> read > 60_000 && read < 1_000_000);
			assertThat(sent).isFalse();
			connection.request(Long.MAX_VALUE);
			for (int i = 0; i < count; i++) {
				assertThat(client.receive().payload()).hasSize(60_000);
			}
			sending.join();
			assertThat(sent).isTrue();
		}
	}

	@Test
	void aClientThatKeepsSendingLeavesWorkersToOthers() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/turns")) {
			java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
			all.writeBytes(FrameClient.bytes(FIN | FrameClient.TEXT, "others?".getBytes()));
			for (int i = 0; i < 1000; i++) {
				all.writeBytes(FrameClient.bytes(FIN | FrameClient.TEXT, ("" + i).getBytes()));
			}
			client.raw(all.toByteArray());
			assertThat(client.receive().text()).isEqualTo("others?");
			for (int i = 0; i < 1000; i++) {
				assertThat(client.receive().text()).isEqualTo("" + i);
			}
			Awaitility.await().until(() -> !server.told().isEmpty());
			String told = server.told().remove();
			assertThat(told).startsWith("others after ");
			assertThat(Integer.parseInt(told.substring("others after ".length()))).isLessThanOrEqualTo(64);
		}
	}

	@Test
	void aConnectionThatFailsIsClosed() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/broken")) {
			client.text("one");
			assertThat(client.receive().code()).isEqualTo(1011);
			assertThat(client.isAtEnd()).isTrue();
			assertThat(server.awaitClosed().code()).isEqualTo(1011);
		}
	}

	@Test
	void aClientThatDoesNotReadIsNotWrittenTo() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/")) {
			WebSocketConnection connection = server.awaitOpened();
			fill(connection);
			CompletableFuture<Void> writable = new CompletableFuture<>();
			connection.onWritable(() -> writable.complete(null));
			CompletableFuture<Void> waited = elsewhere(() -> {
				try {
					connection.awaitWritable();
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			});
			assertThat(writable).isNotDone();
			assertThat(waited).isNotDone();
			elsewhere(() -> {
				try {
					client.socket().getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
				}
				catch (IOException ex) {
					// It is closed in the end.
				}
			});
			writable.get(20, TimeUnit.SECONDS);
			waited.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void aClientThatTakesNothingIsCut() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(60), SHORT,
				Duration.ofSeconds(3), 240, Duration.ofSeconds(10), Duration.ZERO);
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults(), (builder) -> builder.timeouts(timeouts));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			WebSocketConnection connection = server.awaitOpened();
			fill(connection);
			assertThat(server.awaitClosed().code()).isEqualTo(1006);
			assertThat(server.told()).contains("timeout write");
			assertThat(connection.send(false, Unpooled.wrappedBuffer(new byte[1]), true)).isFalse();
			assertThat(client.socket().isConnected()).isTrue();
		}
	}

	@Test
	void aClientThatTakesTooLongDoesNotHoldAThread() throws Exception {
		WebSocketTimeouts timeouts = new WebSocketTimeouts(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), SHORT);
		try (EchoServer server = new EchoServer(new WebSocketOptions(64 * 1024, 0, timeouts, true, false));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			WebSocketConnection connection = server.awaitOpened();
			fill(connection);
			assertThatIOException().isThrownBy(connection::awaitWritable).withMessageContaining("too long");
			assertThat(server.awaitClosed()).isEqualTo(new EchoServer.Closed(1006, "", true));
			assertThat(server.told()).containsExactly("timeout upgraded");
			assertThat(client.socket().isConnected()).isTrue();
		}
	}

	private static CompletableFuture<Void> elsewhere(Runnable task) {
		return CompletableFuture.runAsync(task, (run) -> new Thread(run, "elsewhere").start());
	}

	// Until what was sent stays.
	private static void fill(WebSocketConnection connection) {
		byte[] message = new byte[64 * 1024];
		Awaitility.await().pollInterval(Duration.ofMillis(5)).during(Duration.ofMillis(150)).until(() -> {
			boolean full = !connection.isWritable();
			while (connection.isWritable()) {
				connection.send(false, Unpooled.wrappedBuffer(message), true);
			}
			return full;
		});
	}

	@Test
	void pingsOfAClientThatDoesNotReadAreAnsweredOnce() throws Exception {
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults());
				FrameClient client = FrameClient.open(server.port(), "/")) {
			WebSocketConnection connection = server.awaitOpened();
			fill(connection);
			for (int i = 0; i < 1000; i++) {
				client.frame(FIN | PING, "ping " + i);
			}
			client.frame(FIN | PONG, "seen");
			Awaitility.await().until(() -> server.told().contains("pong 4"));
			List<String> pongs = new ArrayList<>();
			Frame frame;
			do {
				frame = client.receive();
				if (frame.first() == (FIN | PONG)) {
					pongs.add(frame.text());
				}
			}
			while (!frame.text().equals("ping 999"));
			assertThat(pongs).containsExactly("ping 999");
		}
	}

	// Time

	@Test
	void aSilentConnectionIsClosed() throws Exception {
		try (EchoServer server = new EchoServer(options(SHORT, Duration.ZERO, Duration.ofSeconds(10)));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			assertThat(client.receive().code()).isEqualTo(1001);
			client.close(1001, "");
			assertThat(client.isAtEnd()).isTrue();
			assertThat(server.awaitClosed().code()).isEqualTo(1001);
			assertThat(server.told()).containsExactly("timeout upgraded");
		}
	}

	@Test
	void aClientIsPingedAndStaysAsLongAsItAnswers() throws Exception {
		try (EchoServer server = new EchoServer(options(Duration.ZERO, SHORT, Duration.ofSeconds(10)));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			for (int i = 0; i < 4; i++) {
				assertThat(client.receive().first()).isEqualTo(FIN | PING);
				client.frame(FIN | PONG, "");
			}
			assertThat(server.awaitOpened().isOpen()).isTrue();
		}
	}

	@Test
	void aClientThatDoesNotAnswerAPingIsGone() throws Exception {
		try (EchoServer server = new EchoServer(options(Duration.ZERO, SHORT, Duration.ofSeconds(10)));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			assertThat(client.receive().first()).isEqualTo(FIN | PING);
			assertThat(server.awaitClosed()).isEqualTo(new EchoServer.Closed(1006, "", true));
			assertThat(server.told()).contains("timeout upgraded");
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	@Test
	void aClientThatDoesNotAnswerACloseIsCut() throws Exception {
		try (EchoServer server = new EchoServer(options(Duration.ZERO, Duration.ZERO, SHORT));
				FrameClient client = FrameClient.open(server.port(), "/")) {
			WebSocketConnection connection = server.awaitOpened();
			assertThat(connection.close(4001, "ä".repeat(100))).isTrue();
			assertThat(connection.close(4002, "")).isFalse();
			assertThat(connection.isOpen()).isFalse();
			Frame close = client.receive();
			assertThat(close.code()).isEqualTo(4001);
			assertThat(close.reason()).isEqualTo("ä".repeat(61));
			client.text("still there").frame(FIN | PING, "");
			assertThat(server.awaitClosed().code()).isEqualTo(4001);
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	// The end of the server

	@Test
	void everybodyIsToldWhenTheServerStops() throws Exception {
		EchoServer server = new EchoServer(WebSocketOptions.defaults());
		try (FrameClient client = FrameClient.open(server.port(), "/");
				FrameClient lazy = FrameClient.open(server.port(), "/lazy")) {
			client.text("hello");
			assertThat(client.receive().text()).isEqualTo("hello");
			lazy.text("held");
			CompletionStage<Void> drained = server.engine().drain();
			assertThat(client.receive().code()).isEqualTo(1001);
			assertThat(lazy.receive().code()).isEqualTo(1001);
			assertThat(drained.toCompletableFuture()).isNotDone();
			client.close(1001, "");
			lazy.text("late").close(1001, "");
			assertThat(client.isAtEnd()).isTrue();
			assertThat(lazy.isAtEnd()).isTrue();
			drained.toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(server.awaitClosed().code()).isEqualTo(1001);
		}
		finally {
			server.close();
		}
	}

	@Test
	void aServerThatStopsAtOnceCutsItsConnections() throws Exception {
		EchoServer server = new EchoServer(WebSocketOptions.defaults());
		try (FrameClient client = FrameClient.open(server.port(), "/")) {
			server.awaitOpened();
			server.close();
			assertThat(server.awaitClosed().lost()).isTrue();
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	@Test
	void twoThousandConnectionsEchoAtOnce() throws Exception {
		List<FrameClient> clients = new ArrayList<>();
		try (EchoServer server = new EchoServer(WebSocketOptions.defaults())) {
			for (int i = 0; i < 2000; i++) {
				clients.add(FrameClient.open(server.port(), (i % 2 == 0) ? "/" : "/worker"));
			}
			assertThat(server.engine().snapshot().connections().open()).isEqualTo(2000);
			for (int round = 0; round < 2; round++) {
				for (int i = 0; i < clients.size(); i++) {
					clients.get(i).text("message " + i);
				}
				for (int i = 0; i < clients.size(); i++) {
					assertThat(clients.get(i).receive().text()).isEqualTo("message " + i);
				}
			}
			for (FrameClient client : clients) {
				client.close(1000, "");
			}
			for (FrameClient client : clients) {
				assertThat(client.receive().first()).isEqualTo(FIN | CLOSE);
			}
		}
		finally {
			for (FrameClient client : clients) {
				client.close();
			}
		}
	}

	private static WebSocketOptions options(Duration idle, Duration ping, Duration close) {
		return new WebSocketOptions(64 * 1024, 0,
				new WebSocketTimeouts(idle, ping, close, WebSocketTimeouts.defaults().send()), true, false);
	}

}
