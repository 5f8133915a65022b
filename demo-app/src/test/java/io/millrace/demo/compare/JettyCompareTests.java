package io.millrace.demo.compare;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A copy on Jetty.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles({ "compare", "jetty" })
class JettyCompareTests extends AbstractCompareTests {

	@Test
	void itIsOnJetty(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).isInstanceOf(JettyWebServer.class);
	}

	@Test
	void openConnectionsAreCounted() throws Exception {
		assertThat(value("jetty_connections_current_connections")).isPositive();
	}

}
