package io.millrace.boot.autoconfigure;

import java.net.ServerSocket;

import io.millrace.boot.PortPermissionException;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What a user reads where an application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aPortInUse(WebApplicationType type, CapturedOutput output) throws Exception {
		try (ServerSocket other = new ServerSocket(0)) {
			fail(type, "server.port=" + other.getLocalPort());
			assertThat(output).contains("APPLICATION FAILED TO START",
					"Web server failed to start. Port " + other.getLocalPort() + " was already in use.");
		}
		assertThat(output).doesNotContain("Millrace started");
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void tlsByABundle(WebApplicationType type, CapturedOutput output) {
		fail(type, "server.ssl.bundle=desk");
		assertThat(output).contains("APPLICATION FAILED TO START", "The SSL bundle 'desk' cannot be used",
				"spring.ssl.bundle.*.desk.*", "server.ssl.enabled=false");
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void tlsByAKeyStoreWhosePasswordIsNotShown(WebApplicationType type, CapturedOutput output) {
		fail(type, "server.ssl.key-store=classpath:desk.p12", "server.ssl.key-store-password=opensesame");
		assertThat(output).contains("server.ssl cannot be used", "desk.p12", "key-store-password")
			.doesNotContain("opensesame");
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void tlsOnTheManagementPort(WebApplicationType type, CapturedOutput output) {
		fail(type, "management.server.port=0", "management.server.ssl.bundle=desk");
		assertThat(output).contains("APPLICATION FAILED TO START", "The SSL bundle 'desk' cannot be used",
				"which management.server.ssl.* names", "; management.server.ssl.enabled=false");
	}

	@Test
	void compressionThatCannotBe(CapturedOutput output) {
		fail(WebApplicationType.REACTIVE, "server.compression.enabled=true", "millrace.compression.gzip-level=10");
		assertThat(output).contains("APPLICATION FAILED TO START", "millrace.compression.gzip-level", "1 to 9");
	}

	@Test
	void classesOfStoredSessionsThatAreNoPattern(CapturedOutput output) {
		fail(WebApplicationType.SERVLET, "millrace.servlet.stored-session-classes=!com.example.**");
		assertThat(output).contains("'com.example.Type', 'com.example.*' or 'com.example.**'", "!com.example.**");
	}

	@Test
	void reactorNettyForAServletApplication(CapturedOutput output) {
		fail(WebApplicationType.SERVLET, "millrace.engine=reactor-netty");
		assertThat(output).contains("'millrace.engine=reactor-netty': Reactor Netty serves reactive applications only",
				"millrace.enabled=false");
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aPropertyOutOfRange(WebApplicationType type, CapturedOutput output) {
		fail(type, "millrace.worker.max-threads=0");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Invalid value '0' for configuration property 'millrace.worker.max-threads'",
				"The value has to be 1 to 100000.");
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aPropertyThatIsNoneOfItsValues(WebApplicationType type, CapturedOutput output) {
		fail(type, "millrace.transport=pigeon");
		assertThat(output).contains("APPLICATION FAILED TO START", "millrace.transport", "pigeon", "IO_URING");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aTransportOfAnotherSystem(CapturedOutput output) {
		assumeThat(Transport.KQUEUE.isAvailable()).isFalse();
		fail(WebApplicationType.REACTIVE, "millrace.transport=kqueue");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"The transport of 'millrace.transport=kqueue' does not work here:", "It needs macOS or BSD",
				"millrace.transport=auto");
	}

	@Test
	void aPortThatNeedsAPermission() {
		FailureAnalysis analysis = new PortPermissionFailureAnalyzer()
			.analyze(new IllegalStateException(new PortPermissionException(80, new IllegalStateException())));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("does not let this process listen on port 80");
		assertThat(analysis.getAction()).contains("server.port", "CAP_NET_BIND_SERVICE",
				"ip_unprivileged_port_start=80");
	}

	private static void fail(WebApplicationType type, String... properties) {
		assertThatException().isThrownBy(() -> {
			try (TestServer server = (type == WebApplicationType.SERVLET)
					? TestServer.servlet(Application.class, properties)
					: TestServer.reactive(Application.class, properties)) {
				server.port();
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
