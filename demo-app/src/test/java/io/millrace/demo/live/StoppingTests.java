package io.millrace.demo.live;

import io.millrace.demo.EnrolmentApplication;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From start to stop, with a browser listening.
 */
@ExtendWith(OutputCaptureExtension.class)
class StoppingTests {

	@Timeout(120)
	@ParameterizedTest(name = "millrace.enabled={0}")
	@ValueSource(booleans = { true, false })
	void whenTheApplicationStopsItDoesNotWaitForThoseWhoListen(boolean millrace, CapturedOutput output)
			throws Exception {
		ConfigurableApplicationContext context = SpringApplication.run(EnrolmentApplication.class, "--server.port=0",
				"--millrace.enabled=" + millrace, "--spring.lifecycle.timeout-per-shutdown-phase=10m");
		try (context) {
			int port = ((WebServerApplicationContext) context).getWebServer().getPort();
			assertThat(output).contains("in the browser   http://localhost:" + port + "/");
			try (EventStream stream = EventStream.open(port)) {
				stream.await("data:");
				context.close();
				stream.awaitEnd();
			}
		}
	}

}
