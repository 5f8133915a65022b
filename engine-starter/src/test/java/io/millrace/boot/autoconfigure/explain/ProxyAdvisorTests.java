package io.millrace.boot.autoconfigure.explain;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ProxyProtocolOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProxyAdvisorTests {

	private final ProxyAdvisor advisor = new ProxyAdvisor();

	@Test
	void believingEverybodyIsNamed() {
		assertThat(new TestSituation().set("server.forward-headers-strategy", "framework").ids(this.advisor))
			.containsExactly("forwarded-framework");
		assertThat(new TestSituation().listener(4096, 0, 0, "10.0.0.0/8", "0.0.0.0/0").ids(this.advisor))
			.containsExactly("forwarded-everybody");
	}

	@Test
	void aLimitForEachClientWithoutKnownProxiesIsNamed() {
		assertThat(new TestSituation().listener(4096, 0, 20).ids(this.advisor)).containsExactly("connections-per-ip");
		assertThat(new TestSituation().listener(4096, 0, 20, "10.0.0.0/8").ids(this.advisor)).isEmpty();
	}

	@Test
	void aLimitForEachClientThatABrowserExceedsIsNamed() {
		assertThat(new TestSituation().listener(4096, 0, 2, "10.0.0.0/8").ids(this.advisor))
			.containsExactly("connections-per-ip-few");
	}

	@Test
	void aRateLimitThatAnybodyAvoidsOrAllShareIsNamed() {
		TestSituation situation = new TestSituation().set("millrace.rate-limit.capacity", 10);
		assertThat(situation.ids(this.advisor)).containsExactly("rate-limit-proxy");
		assertThat(situation.set("millrace.rate-limit.key", "header:X-Forwarded-For").ids(this.advisor))
			.containsExactly("rate-limit-header");
		assertThat(situation.set("millrace.rate-limit.key", "header:X-Api-Key").ids(this.advisor)).isEmpty();
	}

	@Test
	void whatACloudHasDecidedCounts() {
		TestSituation situation = new TestSituation().set("millrace.rate-limit.capacity", 10);
		situation.config.origins(new ForwardedOrigins(ForwardedOrigins.INTERNAL_PROXIES, ForwardedOrigins.Header.AUTO));
		assertThat(situation.ids(this.advisor)).isEmpty();
	}

	@Test
	void clientsWhomTheProxyProtocolNamesShareNothing() {
		TestSituation situation = new TestSituation().listener(4096, 0, 20).set("millrace.rate-limit.capacity", 10);
		situation.config.proxyProtocol(new ProxyProtocolOptions(List.of("10.0.0.1"), Duration.ofSeconds(5)));
		assertThat(situation.ids(this.advisor)).isEmpty();
		situation.config
			.moreListeners(List.of(ListenerConfig.plain("other", new ListenerAddress.Tcp(new InetSocketAddress(0)))));
		assertThat(situation.ids(this.advisor)).containsExactly("rate-limit-proxy", "connections-per-ip");
	}

	@Test
	void believingProxiesIsRight() {
		assertThat(new TestSituation().set("server.forward-headers-strategy", "native")
			.listener(4096, 0, 0, "10.0.0.0/8")
			.ids(this.advisor)).isEmpty();
	}

}
