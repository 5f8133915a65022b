package io.millrace.core;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerException;
import io.millrace.core.transport.Transport;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Sockets that listen before there is an engine.
 */
@Timeout(60)
class InheritedListenerTests {

	private static final ExchangeHandler PORT = (exchange) -> TestEngine.text(exchange,
			"served on " + exchange.connection().localAddress().getPort());

	private static final Set<Integer> GIVEN = new HashSet<>();

	@BeforeEach
	void onEpoll() {
		assumeTrue(Transport.EPOLL.isAvailable(), "There is no epoll here");
		assumeTrue(System.getenv("LISTEN_FDS") == null, "These tests were started with sockets themselves");
	}

	private static ListenerConfig inherited(int descriptor) {
		return ListenerConfig.plain("given", new ListenerAddress.Inherited(Integer.toString(descriptor)));
	}

	// The system gives numbers again that were closed, which an engine takes over once.
	private static Socket fresh(Supplier<Socket> sockets) throws IOException {
		List<Socket> used = new ArrayList<>();
		try {
			Socket socket = sockets.get();
			while (!GIVEN.add(socket.intValue())) {
				used.add(socket);
				socket = sockets.get();
			}
			return socket;
		}
		finally {
			for (Socket each : used) {
				each.close();
			}
		}
	}

	@Test
	void aPortIsTakenOverWithWhoWaitsThere() throws Exception {
		Socket socket = fresh(Socket::newSocketStream);
		socket.bind(TestEngine.loopback(0));
		socket.listen(128);
		int port = socket.localAddress().getPort();
		List<RawClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				clients.add(new RawClient(port).get("/"));
			}
			try (TestEngine engine = ListenerTests.engine(Transport.EPOLL, PORT, inherited(socket.intValue()))
				.start()) {
				for (RawClient client : clients) {
					assertThat(client.receive().body()).isEqualTo("served on " + port);
				}
				assertThat(ListenerTests.port(engine, "given")).isEqualTo(port);
				engine.engine().stop();
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> new RawClient(port));
				assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start)
					.withMessageContaining("taken over before");
			}
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void noOtherEngineAndNoOtherNameGetsASocketThatWasTakenOver() throws Exception {
		Socket socket = fresh(Socket::newSocketStream);
		socket.bind(TestEngine.loopback(0));
		socket.listen(128);
		int port = socket.localAddress().getPort();
		try (TestEngine engine = ListenerTests.engine(Transport.EPOLL, PORT, inherited(socket.intValue())).start()) {
			for (String name : List.of(Integer.toString(socket.intValue()), "0" + socket.intValue())) {
				ListenerConfig again = ListenerConfig.plain("again", new ListenerAddress.Inherited(name));
				try (TestEngine other = ListenerTests.engine(Transport.EPOLL, PORT, again)) {
					assertThatExceptionOfType(ListenerException.class).isThrownBy(other::start)
						.withMessageContaining("taken over before");
				}
			}
			try (RawClient client = new RawClient(port)) {
				assertThat(client.get("/").receive().body()).isEqualTo("served on " + port);
			}
			assertThat(engine.engine().listeners()).hasSize(2);
		}
	}

	@Test
	void theFileOfAUnixSocketStaysAsItIsNotOurs(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("given.sock");
		Socket socket = fresh(Socket::newSocketDomain);
		socket.bind(new DomainSocketAddress(file.toString()));
		socket.listen(128);
		try (TestEngine engine = ListenerTests.engine(Transport.EPOLL, PORT, inherited(socket.intValue())).start();
				SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
			assertThat(ListenerTests.port(engine, "given")).isEqualTo(-1);
			channel.write(ByteBuffer
				.wrap("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 200")
				.endsWith("served on 0");
		}
		assertThat(file).exists();
	}

	@Test
	void aDescriptorThatDoesNotListenIsLeftAlone(@TempDir Path directory) throws Exception {
		Socket silent = Socket.newSocketStream();
		Path file = Files.createFile(directory.resolve("file"));
		try (var ignored = Files.newByteChannel(file)) {
			for (int descriptor : List.of(silent.intValue(), 1, 9999)) {
				ListenerConfig config = inherited(descriptor);
				try (TestEngine engine = ListenerTests.engine(Transport.EPOLL, PORT, config)) {
					assertThatExceptionOfType(ListenerException.class).isThrownBy(engine::start);
				}
			}
			assertThat(silent.isOpen()).isTrue();
		}
		finally {
			silent.close();
		}
	}

	@Test
	void aTransportThatCannotDoItSaysWhichCan() {
		try (TestEngine engine = ListenerTests.engine(Transport.NIO, PORT, inherited(3))) {
			assertThatIllegalArgumentException().isThrownBy(engine::start)
				.withMessage("inherited needs the transport epoll, and the transport is nio");
		}
	}

}
