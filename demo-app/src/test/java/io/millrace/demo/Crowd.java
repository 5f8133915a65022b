package io.millrace.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A crowd of HTTP clients, each with a keep-alive connection of its own, that all ask at
 * the same moment. One thread drives them all, and leaves the processors to the server.
 */
final class Crowd implements AutoCloseable {

	/** The only failure a server may answer with; who is told so asks again. */
	private static final int BUSY = 503;

	private static final long PATIENCE = TimeUnit.MINUTES.toNanos(2);

	private final Selector selector = Selector.open();

	private final List<Client> clients;

	Crowd(int port, int size) throws IOException {
		this.clients = IntStream.range(0, size).mapToObj((i) -> new Client(port)).toList();
	}

	/**
	 * Sends a request from each client at once and returns their answers, in the same
	 * order.
	 * @param request the request line, header and body of the client of this number
	 */
	List<Answer> ask(IntFunction<String> request) throws IOException {
		for (int i = 0; i < this.clients.size(); i++) {
			this.clients.get(i).prepare(request.apply(i));
		}
		long deadline = System.nanoTime() + PATIENCE;
		List<Client> asking = this.clients;
		while (!asking.isEmpty()) {
			round(asking, deadline);
			asking = asking.stream().filter(Client::wasRefused).toList();
		}
		return this.clients.stream().map(Client::answer).toList();
	}

	private void round(List<Client> asking, long deadline) throws IOException {
		for (Client client : asking) {
			client.begin(this.selector);
		}
		int unanswered = asking.size();
		while (unanswered > 0) {
			this.selector.select(100);
			for (SelectionKey key : this.selector.selectedKeys()) {
				if (((Client) key.attachment()).proceed(key)) {
					unanswered--;
				}
			}
			this.selector.selectedKeys().clear();
			if (System.nanoTime() > deadline) {
				throw new AssertionError(unanswered + " requests were not answered in time");
			}
		}
	}

	@Override
	public void close() throws IOException {
		for (Client client : this.clients) {
			client.close();
		}
		this.selector.close();
	}

	/**
	 * A complete response.
	 *
	 * @param head status line and header, in lower case
	 * @param body as sent, chunk sizes included if it was chunked
	 */
	record Answer(String head, String body) {

		int status() {
			return Integer.parseInt(this.head.substring(9, 12));
		}

		String header(String name) {
			int start = this.head.indexOf("\r\n" + name + ": ");
			return (start < 0) ? "" : this.head.substring(start + name.length() + 4).split("\r\n", 2)[0];
		}

		boolean isComplete() {
			return this.header("transfer-encoding").isEmpty()
					? this.body.getBytes(StandardCharsets.UTF_8).length == Integer
						.parseInt("0" + this.header("content-length"))
					: this.body.endsWith("0\r\n\r\n");
		}

	}

	private static final class Client {

		private final int port;

		private final ByteBuffer input = ByteBuffer.allocate(4096);

		private ByteBuffer request;

		private SocketChannel channel;

		private Answer answer;

		Client(int port) {
			this.port = port;
		}

		void prepare(String request) {
			this.request = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
		}

		Answer answer() {
			return this.answer;
		}

		boolean wasRefused() {
			boolean refused = this.answer.status() == BUSY;
			assertThat(refused).isEqualTo(!this.answer.header("retry-after").isEmpty());
			return refused;
		}

		void begin(Selector selector) throws IOException {
			this.request.rewind();
			this.input.clear();
			if (this.channel != null && this.channel.isOpen()) {
				this.channel.keyFor(selector).interestOps(SelectionKey.OP_WRITE);
				return;
			}
			this.channel = SocketChannel.open();
			this.channel.configureBlocking(false);
			boolean connected = this.channel
				.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
			this.channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
		}

		/**
		 * Does what can be done now.
		 * @return whether the answer is there
		 */
		boolean proceed(SelectionKey key) throws IOException {
			if (key.isConnectable()) {
				this.channel.finishConnect();
				key.interestOps(SelectionKey.OP_WRITE);
			}
			else if (key.isWritable()) {
				this.channel.write(this.request);
				if (!this.request.hasRemaining()) {
					key.interestOps(SelectionKey.OP_READ);
				}
			}
			else if (key.isReadable()) {
				if (this.channel.read(this.input) < 0) {
					throw new AssertionError("Closed before the answer was complete");
				}
				return isAnswered(key);
			}
			return false;
		}

		private boolean isAnswered(SelectionKey key) throws IOException {
			String received = new String(this.input.array(), 0, this.input.position(), StandardCharsets.UTF_8);
			int end = received.indexOf("\r\n\r\n");
			if (end < 0) {
				return false;
			}
			this.answer = new Answer(received.substring(0, end + 2).toLowerCase(), received.substring(end + 4));
			if (!this.answer.isComplete()) {
				return false;
			}
			key.interestOps(0);
			if (this.answer.header("connection").equals("close")) {
				close();
			}
			return true;
		}

		void close() throws IOException {
			if (this.channel != null) {
				this.channel.close();
			}
		}

	}

}
