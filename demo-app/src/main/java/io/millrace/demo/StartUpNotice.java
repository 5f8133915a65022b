package io.millrace.demo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Tells whoever started the application where to look, and which server answers there:
 * the log is all that differs between Millrace and Tomcat.
 */
@Component
class StartUpNotice {

	private static final Logger logger = LoggerFactory.getLogger(StartUpNotice.class);

	@EventListener
	void tellWhereToLook(ApplicationReadyEvent event) {
		if (!(event.getApplicationContext() instanceof WebServerApplicationContext context)) {
			return;
		}
		WebServer server = context.getWebServer();
		if (server == null) {
			return;
		}
		Environment environment = event.getApplicationContext().getEnvironment();
		String root = "http://localhost:" + server.getPort()
				+ environment.getProperty("server.servlet.context-path", "");
		logger.info("The enrolment desk is open (served by {}, database {})", server.getClass().getSimpleName(),
				database(environment));
		logger.info("  in the browser   {}/", root);
		logger.info("  as JSON          {}/courses", root);
		logger.info("  health           {}/actuator/health", root);
		logger.info("  for measuring    {}/plaintext  /json  /ping  /work?ms=10", root);
	}

	/**
	 * The database's address without its parameters, which may hold a password.
	 */
	private static String database(Environment environment) {
		return environment.getProperty("spring.datasource.url", "unknown").split("[;?]", 2)[0];
	}

}
