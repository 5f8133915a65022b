package io.millrace.demo;

import io.millrace.boot.MillraceWebServer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On Millrace, as anyone starts it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class MillraceWebTests extends AbstractWebTests {

	@Test
	void millraceServes(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
	}

}
