package io.millrace.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.transport.ListenerOptions;
import io.netty.buffer.Unpooled;

/**
 * How evenly connections spread over event loops: one acceptor against one listening
 * socket for each loop.
 * <pre>java -cp benchmarks/target/benchmarks.jar io.millrace.benchmarks.ConnectionSpread</pre>
 */
public final class ConnectionSpread {

	private static final int ROUNDS = 20;

	private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private final Map<Thread, Integer> served = new ConcurrentHashMap<>();

	private final int loops;

	private ConnectionSpread(int loops) {
		this.loops = loops;
	}

	/**
	 * Measure and print.
	 * @param args none
	 * @throws Exception where the engine cannot start
	 */
	public static void main(String[] args) throws Exception {
		for (int loops : new int[] { 2, 8 }) {
			for (boolean reusePort : new boolean[] { false, true }) {
				new ConnectionSpread(loops).measure(reusePort);
			}
		}
	}

	private void measure(boolean reusePort) throws Exception {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		Engine engine = new Engine(EngineConfig.builder()
			.eventLoops(this.loops)
			.listener(new ListenerOptions(address, 4096, reusePort, 0))
			.build(), (exchange) -> {
				this.served.merge(Thread.currentThread(), 1, Integer::sum);
				exchange.responseBody().write(Unpooled.EMPTY_BUFFER, true);
			});
		engine.start();
		try {
			for (int connections : new int[] { 8, 64, 512 }) {
				double[] busiest = new double[ROUNDS];
				int without = 0;
				for (int round = 0; round < ROUNDS; round++) {
					busiest[round] = busiestLoop(engine.port(), connections);
					without += this.loops - this.served.size();
				}
				Arrays.sort(busiest);
				System.out.printf(
						"%s, %d loops, reusePort %s, %d connections: busiest loop / fair share: median %.2f, worst %.2f; "
								+ "loops without any: %.1f%n",
						engine.transport().id(), this.loops, reusePort, connections, busiest[ROUNDS / 2],
						busiest[ROUNDS - 1], (double) without / ROUNDS);
			}
		}
		finally {
			engine.close();
		}
	}

	private double busiestLoop(int port, int connections) throws IOException {
		this.served.clear();
		List<Socket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < connections; i++) {
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
				sockets.add(socket);
				socket.getOutputStream().write(REQUEST);
			}
			for (Socket socket : sockets) {
				if (socket.getInputStream().read() < 0) {
					throw new IOException("A connection was closed before its response");
				}
			}
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
		int most = this.served.values().stream().mapToInt(Integer::intValue).max().orElse(0);
		return most / ((double) connections / this.loops);
	}

}
