package io.millrace.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;

/**
 * Asks a server for a multiple of what it can do, and looks what becomes of those who are
 * served, of those who are refused, of probes, and of the first seconds afterwards.
 * <p>
 * With a port, it asks a server that runs elsewhere on this machine. Without, it starts
 * one of its own in this process: a handler that blocks for 10 ms on 20 threads, with a
 * queue of 16,384 and a longest wait of 200 ms.
 */
public final class Overload {

	private static final int MILLIS = 10;

	private Overload() {
	}

	/**
	 * Run all phases.
	 * @param args {@code port=} of a server, {@code path=} (/work?ms=10), {@code probe=}
	 * (/actuator/health), {@code connections=} (4000), {@code at-once=} how many requests
	 * at once show what the server can do (64), {@code warm-up=} and {@code seconds=} of
	 * each phase (10), {@code most=} the highest rate that this machine can ask for
	 * (40000); for a server of its own {@code order=} (fifo), {@code max-wait=} in ms
	 * (200), {@code queue=} (16384), {@code threads=} (20)
	 * @throws Exception if anything fails
	 */
	public static void main(String[] args) throws Exception {
		Arguments given = new Arguments(args);
		if (given.number("port", 0) > 0) {
			run(given, given.number("port", 0));
			return;
		}
		Engine engine = engine(given);
		engine.start();
		run(given, engine.port());
		engine.close();
	}

	private static Engine engine(Arguments given) {
		QueueOptions queue = new QueueOptions(given.number("queue", 16_384),
				QueueOrder.valueOf(given.text("order", "fifo").toUpperCase(Locale.ROOT)),
				Duration.ofMillis(given.number("max-wait", 200)), false);
		int threads = given.number("threads", 20);
		RoutePolicy urgent = RoutePolicy.of("probe",
				(request) -> request.target().path().equals(given.text("probe", "/actuator/health")), Priority.HIGH);
		return new Engine(EngineConfig.builder()
			.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
			.worker(new WorkerOptions(WorkerMode.POOL, threads, threads, Duration.ofSeconds(60), 1, queue, 2))
			.policies(List.of(urgent))
			.build(), new Work());
	}

	private static void run(Arguments given, int port) throws InterruptedException {
		int seconds = given.number("seconds", 10);
		try (LoadClient client = new LoadClient(port, given.text("path", "/work?ms=10"),
				given.text("probe", "/actuator/health"), given.number("connections", 4000))) {
			int atOnce = given.number("at-once", 64);
			client.closedLoop("warm-up", atOnce, given.number("warm-up", seconds));
			client.openLoop("warm-up of probes", 10, 2);
			LoadClient.Phase peak = client.closedLoop("peak", atOnce, seconds);
			double most = peak.servedPerSecond();
			System.out.println("ms are counted from when a request was due");
			System.out.println(peak.line());
			System.out.println(client.openLoop("0.5 x", most / 2, seconds).line());
			for (int times : new int[] { 2, 10 }) {
				double rate = Math.min(most * times, given.number("most", 40_000));
				LoadClient.Phase over = client.openLoop(times + " x", rate, seconds);
				System.out.println(over.line());
				System.out.printf(Locale.ROOT, "               asked for %.1f x, served %.1f %% of the peak%n",
						rate / most, 100 * over.servedPerSecond() / most);
				for (int second = 1; second <= 3; second++) {
					System.out.println(client.openLoop("0.5 x, " + second + ". s", most / 2, 1).line());
				}
			}
		}
	}

	/** Blocks for a while, or not where a probe asks. */
	private static final class Work implements ExchangeHandler {

		@Override
		public void handle(Exchange exchange) throws Exception {
			if (exchange.request().target().path().equals("/work")) {
				TimeUnit.MILLISECONDS.sleep(MILLIS);
			}
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "done\n"), true);
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

	}

}
