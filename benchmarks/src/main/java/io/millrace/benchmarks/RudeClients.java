package io.millrace.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

/**
 * Asks a server on this machine for half of what it can do, alone first and then while
 * clients without manners are there, kind by kind and all together; and looks how long it
 * takes until the server has got rid of them.
 */
public final class RudeClients {

	private final Arguments given;

	private final RudeKind.Target target;

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private double undisturbed;

	private RudeClients(Arguments given) {
		this.given = given;
		this.target = new RudeKind.Target(given.number("port", 8080), given.text("path", "/work?ms=10"),
				given.text("probe", "/actuator/health"), given.text("big", "/big"), given.text("post", "/ping"));
	}

	/**
	 * Run all phases.
	 * @param args {@code port=} of the server (8080), {@code path=} of the usual request
	 * (/work?ms=10), {@code probe=} (/actuator/health), {@code big=} a path with a large
	 * response (/big), {@code post=} a path that takes a body (/ping), {@code rate=}
	 * usual requests in a second (half of what is found), {@code connections=} of usual
	 * clients (200), {@code seconds=} of each phase (10), {@code kinds=} which, separated
	 * by commas (all), {@code together=} whether all come at once at the end (true),
	 * {@code patience=} seconds to wait until the server has got rid of them (0)
	 * @throws Exception if anything fails
	 */
	public static void main(String[] args) throws Exception {
		new RudeClients(new Arguments(args)).run();
	}

	private void run() throws InterruptedException {
		int seconds = this.given.number("seconds", 10);
		List<RudeKind> kinds = Arrays.stream(RudeKind.values())
			.filter((kind) -> Arrays.asList(this.given.text("kinds", kind.id()).split(",")).contains(kind.id()))
			.toList();
		try (LoadClient load = new LoadClient(this.target.port(), this.target.path(), this.target.probe(),
				this.given.number("connections", 200))) {
			int atOnce = Math.min(64, this.given.number("connections", 200));
			load.closedLoop("warm-up", atOnce, this.given.number("warm-up", seconds));
			load.openLoop("warm-up of probes", 10, 2);
			int rate = this.given.number("rate", 0);
			if (rate == 0) {
				rate = (int) (load.closedLoop("peak", atOnce, 5).servedPerSecond() / 2);
			}
			System.out.printf(Locale.ROOT, "%d requests a second; ms are counted from when a request was due%n", rate);
			show(load.openLoop("undisturbed", rate, seconds));
			for (RudeKind kind : kinds) {
				run(load, rate, seconds, List.of(kind));
			}
			if (Boolean.parseBoolean(this.given.text("together", "true"))) {
				run(load, rate, seconds, kinds);
			}
			show(load.openLoop("afterwards", rate, seconds));
		}
		finally {
			this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
		}
	}

	private void show(LoadClient.Phase phase) {
		if (phase.name().equals("undisturbed")) {
			this.undisturbed = phase.p99();
		}
		System.out.printf(Locale.ROOT, "%s | p99 is %.2f of undisturbed%n", phase.line(),
				phase.p99() / this.undisturbed);
	}

	private void run(LoadClient load, int rate, int seconds, List<RudeKind> kinds) throws InterruptedException {
		List<RudeCrowd> crowds = new ArrayList<>();
		for (RudeKind kind : kinds) {
			RudeCrowd crowd = new RudeCrowd(this.loops.next(), kind, this.target,
					this.given.number(kind.id(), kind.connections()));
			crowds.add(crowd);
			crowd.start();
		}
		TimeUnit.SECONDS.sleep(1);
		show(load.openLoop((kinds.size() == 1) ? kinds.get(0).id() : "together", rate, seconds));
		crowds.forEach(RudeCrowd::stop);
		awaitEnd(crowds);
		for (RudeCrowd crowd : crowds) {
			System.out.println("    " + crowd.line());
			crowd.close();
		}
		TimeUnit.SECONDS.sleep(1);
	}

	private void awaitEnd(List<RudeCrowd> crowds) throws InterruptedException {
		int patience = this.given.number("patience", 0);
		long start = System.nanoTime();
		int open;
		do {
			open = crowds.stream().mapToInt(RudeCrowd::open).sum();
			if (open == 0 || patience == 0) {
				break;
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
		while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(patience));
		if (patience > 0) {
			System.out.printf(Locale.ROOT, "    %d are left %.1f s later%n", open, (System.nanoTime() - start) / 1e9);
		}
	}

}
