package io.millrace.boot.autoconfigure.explain;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * Looks at whom addresses of clients are believed.
 */
class ProxyAdvisor implements Advisor {

	private static final String STRATEGY = "server.forward-headers-strategy";

	private static final String TRUSTED = "millrace.forwarded.trusted-proxies";

	private static final String PER_IP = "millrace.max-connections-per-ip";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		String strategy = situation.environment().getProperty(STRATEGY, "none").toLowerCase(Locale.ROOT);
		String why = "Whoever can reach the server may say from which address, host and scheme he comes: logs, limits for "
				+ "each client and links in responses are what he likes";
		if (strategy.equals("framework")) {
			advice.accept(Advice.warning("forwarded-framework", STRATEGY + " is framework, which believes everybody",
					why, STRATEGY + "=native, which believes " + TRUSTED));
		}
		if (situation.config().listener().uncounted().stream().anyMatch(ProxyAdvisor::isEverybody)) {
			advice.accept(Advice.warning("forwarded-everybody", TRUSTED + " names all addresses", why,
					TRUSTED + "= the addresses of your proxies"));
		}
		int perIp = situation.config().listener().maxConnectionsPerIp();
		if (perIp > 0 && situation.config().listener().uncounted().isEmpty()) {
			advice.accept(Advice.info("connections-per-ip",
					PER_IP + " is " + perIp + ", and no proxy is known (" + TRUSTED + ")",
					"Behind a proxy or load balancer all clients have its address: above " + perIp
							+ " connections their requests fail",
					TRUSTED + "= the addresses of your proxies, if there are any"));
		}
	}

	private static boolean isEverybody(String block) {
		return block.strip().endsWith("/0");
	}

}
