package io.millrace.demo;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same on Tomcat, which one property brings back.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "millrace.enabled=false")
class TomcatWebTests extends AbstractWebTests {

	@Test
	void tomcatServes(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).isInstanceOf(TomcatWebServer.class);
	}

}
