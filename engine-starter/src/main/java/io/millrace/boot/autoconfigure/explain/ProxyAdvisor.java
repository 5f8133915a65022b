package io.millrace.boot.autoconfigure.explain;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import io.millrace.core.http.DirectOrigins;
import io.millrace.core.transport.ListenerConfig;

/**
 * Looks at whom addresses of clients are believed.
 */
class ProxyAdvisor implements Advisor {

	private static final String STRATEGY = "server.forward-headers-strategy";

	private static final String TRUSTED = "millrace.forwarded.trusted-proxies";

	private static final int OF_A_BROWSER = 6;

	private static final String PER_IP = "millrace.max-connections-per-ip";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		String strategy = strategy(situation);
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
		adviseOfRateLimit(situation, strategy, advice);
		int perIp = situation.config().listener().maxConnectionsPerIp();
		if (perIp > 0 && perIp < OF_A_BROWSER) {
			advice.accept(Advice.warning("connections-per-ip-few", PER_IP + " is " + perIp,
					"A browser opens six connections, and a company has one address: the others are closed without an answer",
					PER_IP + "=100 or more"));
		}
		else if (perIp > 0 && situation.config().listener().uncounted().isEmpty() && !isToldByProxies(situation)) {
			advice.accept(Advice.info("connections-per-ip",
					PER_IP + " is " + perIp + ", and no proxy is known (" + TRUSTED + ")",
					"Behind a proxy or load balancer all clients have its address: above " + perIp
							+ " connections their requests fail",
					TRUSTED + "= the addresses of your proxies, if there are any"));
		}
	}

	// Where nothing is set it depends on the cloud, and what was decided is in the
	// engine.
	private static String strategy(Situation situation) {
		String effective = (situation.config().origins() instanceof DirectOrigins) ? "none" : "native";
		return situation.environment().getProperty(STRATEGY, effective).toLowerCase(Locale.ROOT);
	}

	private static void adviseOfRateLimit(Situation situation, String strategy, Consumer<Advice> advice) {
		if (!situation.isSet("millrace.rate-limit.capacity")) {
			return;
		}
		String key = situation.environment().getProperty("millrace.rate-limit.key", "client").toLowerCase(Locale.ROOT);
		if (key.matches("header:\\s*(x-forwarded-for|forwarded|x-real-ip|x-client-ip)")) {
			advice.accept(Advice.warning("rate-limit-header", "millrace.rate-limit.key is " + key,
					"Anybody may write that header, and begins with a new limit each time that he writes another one",
					"millrace.rate-limit.key=client, with " + STRATEGY + "=native and " + TRUSTED));
		}
		else if (key.equals("client") && strategy.equals("none") && !isToldByProxies(situation)) {
			advice.accept(Advice.info("rate-limit-proxy",
					"requests are limited for each client (millrace.rate-limit), and forwarded headers are not heeded ("
							+ STRATEGY + " is none)",
					"Behind a proxy or load balancer all clients have its address, and share one limit",
					STRATEGY + "=native, if there is a proxy"));
		}
	}

	// With the PROXY protocol clients have their own addresses.
	private static boolean isToldByProxies(Situation situation) {
		List<ListenerConfig> listeners = situation.config().listeners();
		return !listeners.isEmpty() && listeners.stream().allMatch((listener) -> listener.proxyProtocol() != null);
	}

	private static boolean isEverybody(String block) {
		return block.strip().endsWith("/0");
	}

}
