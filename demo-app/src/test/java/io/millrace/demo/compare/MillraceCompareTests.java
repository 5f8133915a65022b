package io.millrace.demo.compare;

import io.millrace.boot.MillraceWebServer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A copy on Millrace.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("compare")
class MillraceCompareTests extends AbstractCompareTests {

	@Test
	void itIsOnMillrace(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
	}

	@Test
	void openConnectionsAreCounted() throws Exception {
		assertThat(value("millrace_connections_open")).isPositive();
	}

}
