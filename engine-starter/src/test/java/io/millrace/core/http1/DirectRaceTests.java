package io.millrace.core.http1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.millrace.core.RawClient;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to connections while workers write to their sockets, thousands of times.
 * Every response says whose it is.
 */
@Tag("long")
class DirectRaceTests {

	private static final int CLIENTS = 8;

	private static final int ROUNDS = 500;

	private static void spin(int micros) {
		long until = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(micros));
		while (System.nanoTime() < until) {
			Thread.onSpinWait();
		}
	}

	private static TestServer start() throws Exception {
		return TestServer.start(Transport.EPOLL, TestServer.blocking((exchange) -> {
			spin(50);
			TestServer.text(exchange, exchange.request().target().path());
		}));
	}

	@BeforeEach
	void needsEpoll() {
		Assumptions.assumeTrue(Transport.EPOLL.isAvailable());
	}

	private static void inParallel(Client client) throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				int number = i;
				running.add(clients.submit(() -> {
					for (int round = 0; round < ROUNDS; round++) {
						client.run("/" + number + "-" + round);
					}
					return null;
				}));
			}
			for (Future<?> future : running) {
				future.get(120, TimeUnit.SECONDS);
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	// The number of a socket that is closed is the next one's: a response that comes too
	// late would be seen there.
	@Test
	void aResponseNeverComesToAnotherConnection() throws Exception {
		try (TestServer server = start()) {
			inParallel((path) -> {
				try (RawClient client = server.connect()) {
					client.get(path + "-first");
					spin(150);
					if (ThreadLocalRandom.current().nextInt(3) > 0) {
						client.socket().setSoLinger(true, 0);
						return;
					}
					assertThat(client.receive().body()).isEqualTo(path + "-first");
					assertThat(client.get(path + "-second").receive().body()).isEqualTo(path + "-second");
				}
			});
			server.awaitAllClosed();
			server.assertServes();
		}
	}

	@Test
	void aRequestThatComesWhileAWorkerWritesIsAnsweredNext() throws Exception {
		try (TestServer server = start()) {
			inParallel((path) -> {
				try (RawClient client = server.connect()) {
					for (int i = 0; i < 5; i++) {
						client.get(path + "-" + i);
						spin(80);
					}
					for (int i = 0; i < 5; i++) {
						assertThat(client.receive().body()).isEqualTo(path + "-" + i);
					}
				}
			});
			assertThat(server.counts.of("completed")).isEqualTo(CLIENTS * ROUNDS * 5);
		}
	}

	@Test
	void aClientThatClosesItsSideMeanwhileGetsItsResponse() throws Exception {
		try (TestServer server = start()) {
			inParallel((path) -> {
				try (RawClient client = server.connect()) {
					client.get(path);
					spin(150);
					client.socket().shutdownOutput();
					assertThat(client.receive().body()).isEqualTo(path);
					assertThat(client.readAll()).isEmpty();
				}
			});
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	@Test
	void aDrainMeanwhileLosesNoResponse() throws Exception {
		// Each lasts as long as a connection that was in use is kept while draining.
		for (int round = 0; round < 6; round++) {
			try (TestServer server = start()) {
				List<RawClient> clients = new ArrayList<>();
				for (int i = 0; i < 50; i++) {
					clients.add(server.connect().get("/" + i));
				}
				server.awaitCount("opened", 50);
				spin(500);
				server.engine().drain();
				for (int i = 0; i < 50; i++) {
					try (RawClient client = clients.get(i)) {
						assertThat(client.receive().body()).isEqualTo("/" + i);
						assertThat(client.readAll()).isEmpty();
					}
				}
				server.engine().drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void aStopMeanwhileLeavesNothingBehind() throws Exception {
		for (int round = 0; round < 20; round++) {
			try (TestServer server = start()) {
				List<RawClient> clients = new ArrayList<>();
				for (int i = 0; i < 50; i++) {
					clients.add(server.connect().get("/" + i));
				}
				spin(1000);
				server.engine().stop();
				assertThat(server.counts.of("completed") + server.counts.of("aborted"))
					.isEqualTo(server.counts.of("started"));
				for (RawClient client : clients) {
					client.close();
				}
			}
		}
	}

	private interface Client {

		void run(String path) throws IOException;

	}

}
