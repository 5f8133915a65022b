package io.millrace.core.http1;

import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Regions of files over real sockets. Every file that was handed over is closed in the
 * end.
 */
class FileTests {

	@TempDir
	private static Path folder;

	private static Path file;

	private final List<FileChannel> opened = new CopyOnWriteArrayList<>();

	static List<Transport> transports() {
		return TestServer.transports();
	}

	@BeforeAll
	static void writeFile() throws Exception {
		file = folder.resolve("text");
		Files.writeString(file, "0123456789".repeat(100_000));
	}

	private FileChannel open(Path path) throws Exception {
		FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
		this.opened.add(channel);
		return channel;
	}

	private void assertClosed(int expected) {
		assertThat(this.opened).hasSize(expected);
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.opened).allSatisfy((channel) -> assertThat(channel.isOpen()).isFalse()));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRegionIsSentWithItsLength(Transport transport) throws Exception {
		for (boolean worker : new boolean[] { false, true }) {
			ExchangeHandler handler = (exchange) -> exchange.responseBody().writeFile(open(file), 5, 999_990, true);
			try (TestServer server = TestServer.start(transport, worker ? TestServer.blocking(handler) : handler);
					RawClient client = server.connect()) {
				for (int i = 0; i < 3; i++) {
					RawClient.Response response = client.get("/").receive();
					assertThat(response.header("content-length")).isEqualTo("999990");
					assertThat(response.body()).hasSize(999_990).startsWith("5678901").endsWith("901234");
				}
			}
		}
		assertClosed(6);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void regionsAndBytesMixInOneResponse(Transport transport) throws Exception {
		ExchangeHandler handler = (exchange) -> {
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "<"), false);
			exchange.responseBody().writeFile(open(file), 0, 10, false);
			exchange.responseBody().writeFile(open(file), 0, 0, false);
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "|"), false);
			exchange.responseBody().writeFile(open(file), 999_995, 5, false);
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), ">"), true);
		};
		try (TestServer server = TestServer.start(transport, handler); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("<0123456789|56789>");
			assertThat(client.get("/").receive().body()).isEqualTo("<0123456789|56789>");
		}
		assertClosed(6);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRegionBeyondTwoGigabytesIsTheRightOne(Transport transport) throws Exception {
		Path large = folder.resolve("large-" + transport.id());
		long position = 3L << 30;
		try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
			sparse.seek(position);
			sparse.write("far out".getBytes(StandardCharsets.US_ASCII));
		}
		try (TestServer server = TestServer.start(transport,
				(exchange) -> exchange.responseBody().writeFile(open(large), position, 7, true));
				RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("far out");
			assertThat(client.get("/").receive().body()).isEqualTo("far out");
		}
		finally {
			Files.delete(large);
		}
		assertClosed(2);
	}

	@Test
	void aHeadHasTheLengthOfTheRegion() throws Exception {
		try (TestServer server = TestServer
			.start((exchange) -> exchange.responseBody().writeFile(open(file), 0, 1000, true));
				RawClient client = server.connect()) {
			client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.receiveHead().header("content-length")).isEqualTo("1000");
			assertThat(client.get("/").receive().body()).hasSize(1000);
		}
		assertClosed(2);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRegionThatIsLongerThanDeclaredIsCut(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, (exchange) -> {
			exchange.response().headers().set("Content-Length", 10);
			exchange.responseBody().writeFile(open(file), 0, 1000, true);
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("0123456789");
			assertThat(client.get("/").receive().body()).isEqualTo("0123456789");
			assertThat(server.logged()).hasSize(2);
		}
		assertClosed(2);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aFileThatIsTooShortCutsTheConnectionInsteadOfSomethingElse(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport,
				(exchange) -> exchange.responseBody().writeFile(open(file), 999_990, 11, true));
				RawClient client = server.connect()) {
			assertThat(client.get("/").readAll()).isEmpty();
			server.awaitCount("aborted", 1);
			assertThat(server.counts.of("clientAborted")).isZero();
			assertThat(server.logged()).hasSize(1).allMatch((line) -> line.contains("shorter than the 11 bytes"));
		}
		assertClosed(1);
	}

	@Test
	void aRegionThatIsNoneIsRefused() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> exchange.responseBody().writeFile(open(file), -1, 1, true));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> exchange.responseBody().writeFile(open(file), 0, -1, true));
			TestServer.text(exchange, "fine");
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("fine");
		}
		assertClosed(2);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aFileIsClosedWhereTheClientGoesAway(Transport transport) throws Exception {
		Path large = folder.resolve("unread-" + transport.id());
		try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
			sparse.setLength(200_000_000);
		}
		try (TestServer server = TestServer.start(transport,
				(exchange) -> exchange.responseBody().writeFile(open(large), 0, 200_000_000, true));
				RawClient client = server.connect()) {
			client.get("/").receiveHead();
			client.socket().setSoLinger(true, 0);
			client.close();
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
			assertClosed(1);
		}
	}

	@Test
	void aFileThatComesTooLateIsClosed() throws Exception {
		List<Exchange> exchanges = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(exchanges::add); RawClient client = server.connect()) {
			client.get("/");
			Awaitility.await().until(() -> !exchanges.isEmpty());
			client.socket().setSoLinger(true, 0);
			client.close();
			server.awaitAllClosed();
			exchanges.get(0).responseBody().writeFile(open(file), 0, 10, true);
			assertClosed(1);
		}
	}

}
