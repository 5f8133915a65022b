package io.millrace.demo.compare;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A copy on Tomcat.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "millrace.enabled=false")
@ActiveProfiles("compare")
class TomcatCompareTests extends AbstractCompareTests {

	@Test
	void itIsOnTomcat(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).isInstanceOf(TomcatWebServer.class);
	}

	@Test
	void openConnectionsAreCounted() throws Exception {
		assertThat(value("tomcat_connections_current_connections")).isPositive();
	}

}
