package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.worker.WorkerMode;

import org.springframework.util.unit.DataSize;

/**
 * Looks whether the limits of connections fit the rest.
 */
class ConnectionAdvisor implements Advisor {

	private static final String CONNECTIONS = "millrace.max-connections";

	private static final String REQUESTS = "millrace.max-requests-per-connection";

	private static final int FEW_REQUESTS = 100;

	private static final int SMALL_HEAD = 4 * 1024;

	private static final int LARGE_HEAD = 64 * 1024;

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		int connections = situation.config().listener().maxConnections();
		int threads = (situation.mode() == WorkerMode.POOL) ? situation.concurrency() : 0;
		if (connections > 0 && connections < threads) {
			advice.accept(Advice.warning("connections-few",
					connections + " connections are allowed (" + CONNECTIONS + ") for " + threads
							+ " threads (millrace.worker.max-threads)",
					"A connection has one request under way at a time: the other threads are never used, and idle clients "
							+ "keep others waiting",
					CONNECTIONS + " some times as much as there are clients, or 0"));
		}
		int requests = situation.config().http1().maxRequestsPerConnection();
		if (requests > 0 && requests < FEW_REQUESTS) {
			advice.accept(Advice.warning("connection-requests", REQUESTS + " is " + requests,
					"Connecting costs more than many requests do, and load balancers see connections end all the time",
					REQUESTS + "=0, or some thousands"));
		}
		int head = situation.config().http1().maxHeaderSize();
		if (head < SMALL_HEAD) {
			advice.accept(Advice.warning("header-size-small",
					"server.max-http-request-header-size is " + SettingValues.of(DataSize.ofBytes(head)),
					"Cookies and tokens of some kilobytes are usual: their requests get 431",
					"server.max-http-request-header-size=8KB, the default"));
		}
		if (head > LARGE_HEAD) {
			advice.accept(Advice.info("header-size",
					"server.max-http-request-header-size is " + SettingValues.of(DataSize.ofBytes(head)),
					"Every connection may hold as much memory before anybody is known; proxies take 8 to 32 KB",
					"server.max-http-request-header-size=16KB, and smaller cookies"));
		}
	}

}
