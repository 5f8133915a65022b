package io.millrace.servlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * What Servlet 6.1 says of {@link ReadListener}, {@link WriteListener} and the streams
 * that have one, over real sockets.
 */
class NonBlockingTests {

	private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";

	@Test
	void listenersAreSetOnceAndInAsynchronousModeOnly() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			ServletInputStream in = request.getInputStream();
			ServletOutputStream out = response.getOutputStream();
			Listener listener = new Listener();
			assertThatNullPointerException().isThrownBy(() -> in.setReadListener(null));
			assertThatNullPointerException().isThrownBy(() -> out.setWriteListener(null));
			assertThatIllegalStateException().isThrownBy(() -> in.setReadListener(listener));
			assertThatIllegalStateException().isThrownBy(() -> out.setWriteListener(listener));
			AsyncContext async = request.startAsync();
			in.setReadListener(listener);
			out.setWriteListener(listener);
			assertThatIllegalStateException().isThrownBy(() -> in.setReadListener(listener));
			assertThatIllegalStateException().isThrownBy(() -> out.setWriteListener(listener));
			async.complete();
		})) {
			assertThat(server.get("/").status()).isEqualTo(200);
		}
	}

	@Test
	void withoutListenersStreamsAreAlwaysReady() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			ServletInputStream in = request.getInputStream();
			assertThat(in.isReady()).isTrue();
			assertThat(response.getOutputStream().isReady()).isTrue();
			assertThat(in.isFinished()).isFalse();
			ByteBuffer bytes = ByteBuffer.allocate(20).position(5);
			assertThatNullPointerException().isThrownBy(() -> in.read((ByteBuffer) null));
			assertThatNullPointerException().isThrownBy(() -> response.getOutputStream().write((ByteBuffer) null));
			assertThat(in.read(ByteBuffer.allocate(0))).isZero();
			int count = in.read(bytes);
			assertThat(bytes.position()).isEqualTo(5);
			assertThat(bytes.remaining()).isEqualTo(count).isBetween(1, 5);
			response.getOutputStream().write(bytes.duplicate());
			response.getOutputStream().write(in.readAllBytes());
			assertThat(in.read(bytes.clear())).isEqualTo(-1);
			assertThat(bytes.position()).isZero();
			assertThat(bytes.limit()).isEqualTo(20);
			assertThat(in.isFinished()).isTrue();
			ByteBuffer direct = ByteBuffer.allocateDirect(100_000);
			response.getOutputStream().write(direct);
			assertThat(direct.position()).isEqualTo(100_000);
		}); RawClient client = server.client()) {
			client.send(HEAD + "5\r\n\r\n");
			String body = client.send("hello").receive().body();
			assertThat(body).startsWith("hello").hasSize(100_005);
		}
	}

	@Test
	void dataIsToldAfterIsReadyHasSaidNo() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		CountDownLatch asked = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			ServletInputStream in = request.getInputStream();
			in.setReadListener(new Listener() {

				@Override
				public void onDataAvailable() throws IOException {
					events.add("data");
					byte[] piece = new byte[3];
					while (in.isReady()) {
						events.add(new String(piece, 0, in.read(piece), StandardCharsets.US_ASCII));
					}
					assertThat(in.isFinished() || in.available() == 0).isTrue();
					if (!in.isFinished()) {
						assertThatIllegalStateException().isThrownBy(in::read);
						assertThatIllegalStateException().isThrownBy(() -> in.read(ByteBuffer.allocate(0)));
					}
					asked.countDown();
				}

				@Override
				public void onAllDataRead() throws IOException {
					events.add("all");
					assertThat(in.isFinished()).isTrue();
					assertThat(in.read()).isEqualTo(-1);
					async.complete();
				}

			});
		}); RawClient client = server.client()) {
			client.send(HEAD + "9\r\n\r\nhello");
			assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
			client.send("crue");
			assertThat(client.receive().status()).isEqualTo(200);
			assertThat(events).containsExactly("data", "hel", "lo", "data", "cru", "e", "all");
		}
	}

	@Test
	void nobodyIsToldTwiceOfWhatWasNotRead() throws Exception {
		AtomicInteger told = new AtomicInteger();
		CompletableFuture<ServletInputStream> input = new CompletableFuture<>();
		CountDownLatch all = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			ServletInputStream in = request.getInputStream();
			in.setReadListener(new Listener() {

				@Override
				public void onDataAvailable() {
					told.incrementAndGet();
					input.complete(in);
				}

				@Override
				public void onAllDataRead() {
					all.countDown();
					async.complete();
				}

			});
		}); RawClient client = server.client()) {
			client.send(HEAD + "10\r\n\r\nhello");
			ServletInputStream in = input.get(10, TimeUnit.SECONDS);
			client.send("world");
			// Another thread reads, and the container still tells of the end.
			Awaitility.await().until(() -> in.isReady() && in.available() > 0);
			StringBuilder read = new StringBuilder();
			Awaitility.await().until(() -> {
				while (in.isReady()) {
					read.append((char) in.read());
				}
				return read.length() == 10;
			});
			in.isReady();
			assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(read.toString()).isEqualTo("helloworld");
			assertThat(client.receive().status()).isEqualTo(200);
			assertThat(told.get()).isBetween(1, 3);
		}
	}

	@Test
	void whatWasReadAheadIsToldToo() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			ServletInputStream in = request.getInputStream();
			int first = in.read();
			AsyncContext async = request.startAsync();
			StringBuilder read = new StringBuilder().append((char) first);
			in.setReadListener(new Listener() {

				@Override
				public void onDataAvailable() throws IOException {
					while (in.isReady()) {
						read.append((char) in.read());
					}
				}

				@Override
				public void onAllDataRead() throws IOException {
					response.getOutputStream().print(read.toString());
					async.complete();
				}

			});
		}); RawClient client = server.client()) {
			assertThat(client.send(HEAD + "5\r\n\r\nhello").receive().body()).isEqualTo("hello");
		}
	}

	@Test
	void bothListenersEchoWithoutEverMeeting() throws Exception {
		byte[] body = new byte[5_000_000];
		for (int i = 0; i < body.length; i++) {
			body[i] = (byte) ('a' + i % 26);
		}
		AtomicInteger within = new AtomicInteger();
		List<String> violations = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			ServletInputStream in = request.getInputStream();
			ServletOutputStream out = response.getOutputStream();
			Listener listener = new Listener() {

				private void pump() throws IOException {
					if (within.incrementAndGet() > 1) {
						violations.add("two at once");
					}
					byte[] piece = new byte[10_000];
					while (out.isReady() && in.isReady()) {
						out.write(piece, 0, in.read(piece));
					}
					within.decrementAndGet();
				}

				@Override
				public void onDataAvailable() throws IOException {
					pump();
				}

				@Override
				public void onWritePossible() throws IOException {
					pump();
				}

				@Override
				public void onAllDataRead() {
					async.complete();
				}

				@Override
				public void onError(Throwable ex) {
					violations.add(ex.toString());
				}

			};
			if (request.getParameter("first") == null) {
				in.setReadListener(listener);
				out.setWriteListener(listener);
			}
			else {
				out.setWriteListener(listener);
				in.setReadListener(listener);
			}
		})) {
			for (String target : List.of("/", "/?first=write")) {
				try (RawClient client = server.client()) {
					CompletableFuture<Void> sent = TestServer.elsewhere(() -> {
						try {
							client.send("POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length
									+ "\r\n\r\n");
							client.send(body);
						}
						catch (IOException ex) {
							throw new IllegalStateException(ex);
						}
					});
					assertThat(client.receive().body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(body);
					sent.get(10, TimeUnit.SECONDS);
				}
			}
			assertThat(violations).isEmpty();
		}
	}

	@Test
	void whoDoesNotAskMayNotWrite() throws Exception {
		byte[] piece = new byte[200_000];
		CompletableFuture<Void> checked = new CompletableFuture<>();
		AtomicInteger calls = new AtomicInteger();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			ServletOutputStream out = response.getOutputStream();
			out.setWriteListener(new Listener() {

				@Override
				public void onWritePossible() throws IOException {
					if (calls.incrementAndGet() > 1) {
						// As the one write that is allowed now.
						out.println("last");
						async.complete();
						return;
					}
					while (out.isReady()) {
						out.write(piece);
					}
					assertThatIllegalStateException().isThrownBy(() -> out.write(1));
					assertThatIllegalStateException().isThrownBy(() -> out.write(piece));
					assertThatIllegalStateException().isThrownBy(() -> out.write(ByteBuffer.wrap(piece)));
					assertThatIllegalStateException().isThrownBy(() -> out.print("x"));
					assertThatIllegalStateException().isThrownBy(out::flush);
					checked.complete(null);
				}

				@Override
				public void onError(Throwable ex) {
					checked.completeExceptionally(ex);
					async.complete();
				}

			});
		}); RawClient client = server.client()) {
			client.get("/");
			checked.get(10, TimeUnit.SECONDS);
			assertThat(client.receive().body()).endsWith("last\r\n");
		}
	}

	@Test
	void aListenerThatThrowsIsToldAndItsRequestIsAnswered() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.addListener(new AsyncContextTests.Recorder(events, "async "));
			Listener listener = new Listener() {

				@Override
				public void onWritePossible() {
					throw new IllegalArgumentException("written");
				}

				@Override
				public void onAllDataRead() throws IOException {
					throw new IOException("read");
				}

				@Override
				public void onError(Throwable ex) {
					events.add(ex.getMessage());
				}

			};
			if (request.getParameter("write") != null) {
				response.getOutputStream().setWriteListener(listener);
			}
			else {
				request.getInputStream().setReadListener(listener);
			}
		})) {
			assertThat(server.get("/?write=1").status()).isEqualTo(500);
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(events).containsExactly("written", "async error written", "async complete"));
			events.clear();
			assertThat(server.get("/").status()).isEqualTo(500);
			Awaitility.await()
				.untilAsserted(() -> assertThat(events).containsExactly("read", "async error read", "async complete"));
		}
	}

	@Test
	void aTimeoutIsAnsweredAlthoughAListenerWaits() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(50);
			request.getInputStream().setReadListener(new Listener());
			response.getOutputStream().setWriteListener(new Listener());
		}); RawClient client = server.client()) {
			assertThat(client.send(HEAD + "5\r\n\r\nhel").receive().status()).isEqualTo(500);
		}
	}

	@Test
	void theTimeoutIsThatOfTheRoundHoweverOftenListenersAreCalled() throws Exception {
		CountDownLatch timedOut = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext async = request.startAsync();
			async.setTimeout(200);
			ServletInputStream in = request.getInputStream();
			in.setReadListener(new Listener() {

				@Override
				public void onDataAvailable() throws IOException {
					while (in.isReady()) {
						in.read();
					}
				}

			});
			async.addListener(new AsyncContextTests.Recorder() {

				@Override
				public void onTimeout(jakarta.servlet.AsyncEvent event) {
					timedOut.countDown();
					event.getAsyncContext().complete();
				}

			});
		}); RawClient client = server.client()) {
			client.send(HEAD + "1000000\r\n\r\n");
			while (timedOut.getCount() > 0) {
				client.send("x");
				timedOut.await(1, TimeUnit.MILLISECONDS);
			}
			assertThat(client.receiveHead().status()).isEqualTo(200);
		}
	}

	@Test
	void aDispatchReadsAndWritesWithoutListenersAndTheNextRoundHasThemAgain() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		CountDownLatch waiting = new CountDownLatch(1);
		try (TestServer server = TestServer.serving((request, response) -> {
			ServletInputStream in = request.getInputStream();
			ServletOutputStream out = response.getOutputStream();
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				AsyncContext async = request.startAsync();
				in.setReadListener(new Listener() {

					@Override
					public void onDataAvailable() throws IOException {
						StringBuilder read = new StringBuilder();
						while (in.isReady()) {
							read.append((char) in.read());
						}
						events.add("listener " + read);
						if (events.size() == 1) {
							async.dispatch();
						}
					}

					@Override
					public void onAllDataRead() {
						events.add("all");
						request.getAsyncContext().complete();
					}

				});
				return;
			}
			assertThat(in.isReady()).isTrue();
			waiting.countDown();
			events.add("dispatch " + new String(in.readNBytes(2), StandardCharsets.US_ASCII));
			out.print("written");
			out.flush();
			request.startAsync();
			assertThat(in.isReady() && in.available() == 0).isFalse();
		}); RawClient client = server.client()) {
			client.send(HEAD + "6\r\n\r\nab");
			assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
			client.send("cd");
			client.receiveHead();
			assertThat(client.line()).isEqualTo("7");
			assertThat(client.line()).isEqualTo("written");
			client.send("ef");
			assertThat(client.line()).isEqualTo("0");
			assertThat(events).containsExactly("listener ab", "dispatch cd", "listener ef", "all");
		}
	}

	/** Does nothing. */
	static class Listener implements ReadListener, WriteListener {

		@Override
		public void onDataAvailable() throws IOException {
		}

		@Override
		public void onAllDataRead() throws IOException {
		}

		@Override
		public void onWritePossible() throws IOException {
		}

		@Override
		public void onError(Throwable ex) {
		}

	}

}
