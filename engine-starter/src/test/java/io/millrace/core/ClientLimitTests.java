package io.millrace.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * How many connections one client may have.
 */
@Timeout(120)
class ClientLimitTests {

	private static final ExchangeHandler HELLO = (exchange) -> TestEngine.text(exchange, "hello");

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger opened = new AtomicInteger();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void connectionOpened() {
			ClientLimitTests.this.opened.incrementAndGet();
		}

		@Override
		public void connectionRefused(String reason) {
			assertThat(reason).isEqualTo("per_ip");
			ClientLimitTests.this.refused.incrementAndGet();
		}

	};

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	private TestEngine start(Transport transport, int connections, int perClient, String... uncounted)
			throws Exception {
		// On all addresses: the whole of 127.0.0.0/8 is ours, each of them a client.
		ListenerOptions options = new ListenerOptions(new InetSocketAddress(0), 128, false, connections, perClient,
				List.of(uncounted));
		return new TestEngine(transport, HELLO, (config) -> config.listener(options).observer(this.observer)).start();
	}

	private static RawClient connect(TestEngine engine, String from) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(from, 0));
		socket.connect(new InetSocketAddress("127.0.0.1", engine.port()));
		return new RawClient(socket);
	}

	// The client sees it before it is counted.
	private void awaitRefused(int count) {
		Awaitility.await().untilAsserted(() -> assertThat(this.refused).hasValue(count));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whatIsAboveIsClosedAtOnceAndOtherClientsDoNotNotice(Transport transport) throws Exception {
		try (TestEngine engine = start(transport, 0, 2);
				RawClient first = connect(engine, "127.0.0.2");
				RawClient second = connect(engine, "127.0.0.2")) {
			assertThat(first.get("/").receive().status()).isEqualTo(200);
			assertThat(second.get("/").receive().status()).isEqualTo(200);
			for (int i = 0; i < 5; i++) {
				try (RawClient third = connect(engine, "127.0.0.2")) {
					assertThat(third.in().read()).isEqualTo(-1);
				}
			}
			awaitRefused(5);
			assertThat(this.opened).hasValue(2);
			try (RawClient other = connect(engine, "127.0.0.3")) {
				assertThat(other.get("/").receive().status()).isEqualTo(200);
			}
			assertThat(first.get("/").receive().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aPlaceIsFreeAsSoonAsAConnectionIsClosed(Transport transport) throws Exception {
		try (TestEngine engine = start(transport, 0, 1)) {
			for (int i = 0; i < 20; i++) {
				Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
					try (RawClient client = connect(engine, "127.0.0.2")) {
						return client.get("/").receive().status() == 200;
					}
				});
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void manyConnectionsAtOnceAreServedUpToTheLimit(Transport transport) throws Exception {
		List<RawClient> clients = new ArrayList<>();
		try (TestEngine engine = start(transport, 0, 7)) {
			for (int i = 0; i < 50; i++) {
				clients.add(connect(engine, "127.0.0.2"));
			}
			Awaitility.await().untilAsserted(() -> assertThat(this.opened.get() + this.refused.get()).isEqualTo(50));
			assertThat(this.opened).hasValue(7);
			int served = 0;
			for (RawClient client : clients) {
				try {
					served += (client.get("/").receive().status() == 200) ? 1 : 0;
				}
				catch (IOException ex) {
					// One that was closed.
				}
			}
			assertThat(served).isEqualTo(7);
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void whoIsRefusedTakesNoPlaceOfOthers() throws Exception {
		try (TestEngine engine = start(Transport.best(), 2, 1); RawClient first = connect(engine, "127.0.0.2")) {
			assertThat(first.get("/").receive().status()).isEqualTo(200);
			for (int i = 0; i < 5; i++) {
				try (RawClient again = connect(engine, "127.0.0.2")) {
					assertThat(again.in().read()).isEqualTo(-1);
				}
			}
			try (RawClient other = connect(engine, "127.0.0.3")) {
				assertThat(other.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aTrustedProxyMayHaveAsManyAsItLikes() throws Exception {
		List<RawClient> clients = new ArrayList<>();
		try (TestEngine engine = start(Transport.best(), 0, 1, "127.0.0.4/30")) {
			for (int i = 0; i < 20; i++) {
				clients.add(connect(engine, "127.0.0.5"));
			}
			for (RawClient client : clients) {
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
			assertThat(this.refused).hasValue(0);
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void allAddressesOfAnIpv6NetworkAreOneClient() throws Exception {
		assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "There is no IPv6 here");
		try (TestEngine engine = start(Transport.best(), 0, 1);
				Socket socket = new Socket(InetAddress.getByName("::1"), engine.port());
				RawClient first = new RawClient(socket)) {
			assertThat(first.get("/").receive().status()).isEqualTo(200);
			try (RawClient second = new RawClient(new Socket(InetAddress.getByName("::1"), engine.port()))) {
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> second.get("/").receive());
			}
			awaitRefused(1);
		}
	}

}
