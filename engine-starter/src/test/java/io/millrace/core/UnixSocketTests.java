package io.millrace.core;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.http.Origin;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerException;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Unix domain sockets, with a client of the JDK.
 */
@Timeout(60)
class UnixSocketTests {

	private static final ExchangeHandler ADDRESSES = (exchange) -> {
		Origin origin = exchange.origin();
		TestEngine.text(exchange,
				exchange.connection().remoteText() + " " + exchange.connection().isUnixDomain() + " " + origin.scheme()
						+ "://" + origin.authority() + " for " + origin.client().getAddress().getHostAddress());
	};

	@TempDir
	Path directory;

	static Stream<Transport> transports() {
		return TestEngine.available();
	}

	private Path file() {
		return this.directory.resolve("engine.sock");
	}

	private TestEngine engine(Transport transport, ExchangeHandler handler, String permissions) {
		ListenerAddress address = new ListenerAddress.Unix(file(),
				(permissions != null) ? PosixFilePermissions.fromString(permissions) : null);
		return ListenerTests.engine(transport, handler, ListenerConfig.plain("unix", address));
	}

	private String exchange(String request) throws IOException {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
			channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
			return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	private static String get(String path, String... fields) {
		return "GET " + path + " HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n"
				+ String.join("", Stream.of(fields).map((field) -> field + "\r\n").toList()) + "\r\n";
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRequestIsServedAsOfTheOwnMachineAndTheFileGoesWithTheSocket(Transport transport) throws Exception {
		try (TestEngine engine = engine(transport, ADDRESSES, null).start()) {
			assertThat(exchange(get("/"))).startsWith("HTTP/1.1 200")
				.endsWith("127.0.0.1 true http://app.example for 127.0.0.1");
			assertThat(engine.engine().snapshot().listeners().get(1).address()).isEqualTo(file().toString());
			engine.engine().stop();
			assertThat(file()).doesNotExist();
			engine.start();
			assertThat(exchange(get("/"))).startsWith("HTTP/1.1 200");
		}
		assertThat(file()).doesNotExist();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void bodiesAndFilesGoThroughIt(Transport transport) throws Exception {
		Path content = this.directory.resolve("content");
		byte[] bytes = new byte[300_000];
		Files.write(content, bytes);
		ExchangeHandler handler = TestEngine.blocking((exchange) -> sendFile(exchange, content));
		try (TestEngine engine = engine(transport, handler, null).start()) {
			assertThat(engine.port()).isPositive();
			String response = exchange(get("/"));
			assertThat(response).startsWith("HTTP/1.1 200");
			assertThat(response.substring(response.indexOf("\r\n\r\n") + 4)).hasSize(bytes.length);
		}
	}

	private static void sendFile(Exchange exchange, Path content) throws IOException {
		FileChannel file = FileChannel.open(content, StandardOpenOption.READ);
		exchange.response().headers().set("Content-Length", Long.toString(file.size()));
		exchange.responseBody().writeFile(file, 0, file.size(), true);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatClosesItsSideGetsItsAnswer(Transport transport) throws Exception {
		try (TestEngine engine = engine(transport, ADDRESSES, null).start();
				SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
			assertThat(engine.port()).isPositive();
			channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			channel.shutdownOutput();
			assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void thePermissionsOfTheFileAreThoseThatWereAskedFor() throws Exception {
		try (TestEngine engine = engine(Transport.best(), ADDRESSES, "rw-rw----").start()) {
			assertThat(engine.port()).isPositive();
			assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whatAKilledProcessHasLeftIsRemoved(Transport transport) throws Exception {
		try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			killed.bind(UnixDomainSocketAddress.of(file()));
		}
		assertThat(file()).exists();
		try (TestEngine engine = engine(transport, ADDRESSES, null).start()) {
			assertThat(engine.port()).isPositive();
			assertThat(exchange(get("/"))).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void aSocketOnWhichSomebodyListensIsLeftAlone() throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
				TestEngine engine = engine(Transport.best(), ADDRESSES, null)) {
			other.bind(UnixDomainSocketAddress.of(file()), 1);
			assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
				.withCauseInstanceOf(BindException.class)
				.withMessageContaining("another process listens");
			assertThat(file()).exists();
			SocketChannel.open(UnixDomainSocketAddress.of(file())).close();
		}
	}

	@Test
	void aSocketWhoseBacklogIsFullIsLeftAlone() throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
				TestEngine engine = engine(Transport.best(), ADDRESSES, null)) {
			other.bind(UnixDomainSocketAddress.of(file()), 1);
			List<SocketChannel> waiting = Stream.generate(this::connectSoon).limit(4).toList();
			assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
				.withCauseInstanceOf(BindException.class);
			assertThat(file()).exists();
			for (SocketChannel each : waiting) {
				each.close();
			}
		}
	}

	private SocketChannel connectSoon() {
		try {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			channel.configureBlocking(false);
			try {
				channel.connect(UnixDomainSocketAddress.of(file()));
			}
			catch (SocketException ex) {
				// No room is left: that is what this is for.
			}
			return channel;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void aFileThatIsNoSocketIsLeftAlone() throws Exception {
		Files.writeString(file(), "precious");
		try (TestEngine engine = engine(Transport.best(), ADDRESSES, null)) {
			assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
				.withMessageContaining("it is no socket");
			assertThat(file()).hasContent("precious");
		}
	}

	@Test
	void aLinkToASocketIsLeftAlone() throws Exception {
		Path target = this.directory.resolve("target.sock");
		try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			gone.bind(UnixDomainSocketAddress.of(target));
		}
		Files.createSymbolicLink(file(), target);
		try (TestEngine engine = engine(Transport.best(), ADDRESSES, null)) {
			assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
				.withMessageContaining("it is no socket");
			assertThat(target).exists();
		}
	}

	@Test
	void aPathThatNoSocketCanHaveIsSaid() {
		Path deep = this.directory.resolve("x".repeat(120));
		for (Path path : List.of(deep, this.directory.resolve("missing/engine.sock"))) {
			ListenerConfig config = ListenerConfig.plain("unix", new ListenerAddress.Unix(path, null));
			try (TestEngine engine = ListenerTests.engine(Transport.best(), ADDRESSES, config)) {
				assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
					.withMessageContaining(path.equals(deep) ? "longer than 107 bytes" : "There is no directory");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "unix, https://shop.example for 203.0.113.5", "127.0.0.1, http://app.example for 127.0.0.1" })
	void forwardedHeadersAreBelievedWhereUnixIsTrusted(String trusted, String expected) throws Exception {
		ListenerConfig config = ListenerConfig.plain("unix", new ListenerAddress.Unix(file(), null));
		try (TestEngine engine = new TestEngine(Transport.best(), ADDRESSES,
				(builder) -> builder.moreListeners(List.of(config))
					.origins(new ForwardedOrigins(List.of(trusted), ForwardedOrigins.Header.AUTO)))
			.start()) {
			assertThat(engine.port()).isPositive();
			assertThat(exchange(get("/", "X-Forwarded-For: 203.0.113.5", "X-Forwarded-Proto: https",
					"X-Forwarded-Host: shop.example")))
				.endsWith("127.0.0.1 true " + expected);
		}
	}

	@Test
	void itsClientsAreNotCountedByAddress() throws Exception {
		ListenerConfig config = ListenerConfig.plain("unix", new ListenerAddress.Unix(file(), null));
		ListenerOptions options = new ListenerOptions(new InetSocketAddress(0), 128, false, 0, 1, List.of());
		try (TestEngine engine = new TestEngine(Transport.best(), ADDRESSES,
				(builder) -> builder.listener(options).moreListeners(List.of(config)))
			.start(); SocketChannel held = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
			assertThat(engine.port()).isPositive();
			assertThat(held.isConnected()).isTrue();
			assertThat(exchange(get("/"))).startsWith("HTTP/1.1 200");
			assertThat(exchange(get("/"))).startsWith("HTTP/1.1 200");
		}
	}

}
