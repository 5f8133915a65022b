package io.millrace.boot.autoconfigure.actuate;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.millrace.boot.autoconfigure.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The endpoint behind Spring Security, and on JMX.
 */
@Timeout(120)
class EndpointAccessTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=millrace";

	private static final String WITH_SECURITY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration";

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void springSecurityGuardsItAndWhoIsAuthenticatedSeesAddresses(WebApplicationType type) throws Exception {
		String[] properties = { EXPOSED, WITH_SECURITY, "spring.security.user.name=ada",
				"spring.security.user.password=countess" };
		try (TestServer server = (type == WebApplicationType.SERVLET)
				? TestServer.servlet(Application.class, properties)
				: TestServer.reactive(Application.class, properties)) {
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(401);
			assertThat(server.get("/actuator/millrace/explain").statusCode()).isEqualTo(401);
			String ada = "Basic "
					+ Base64.getEncoder().encodeToString("ada:countess".getBytes(StandardCharsets.US_ASCII));
			assertThat(server.get("/actuator/millrace", "Authorization", ada).statusCode()).isEqualTo(200);
			JsonNode connections = JsonMapper.shared()
				.readTree(server.get("/actuator/millrace/connections", "Authorization", ada).body());
			assertThat(connections.path("connections").valueStream()).isNotEmpty()
				.allSatisfy((connection) -> assertThat(connection.path("address").asString()).doesNotContain("/"));
		}
	}

	@Test
	void itIsThereOnJmx() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=millrace")) {
			MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = new ObjectName("org.springframework.boot:type=Endpoint,name=Millrace");
			Object snapshot = beans.invoke(name, "snapshot", new Object[0], new String[0]);
			assertThat(((Map<?, ?>) snapshot).get("port")).isEqualTo(server.port());
			Object connections = beans.invoke(name, "part", new Object[] { "connections", "oldest", 5 },
					new String[] { String.class.getName(), String.class.getName(), Integer.class.getName() });
			assertThat(((Map<?, ?>) connections).get("sort")).isEqualTo("oldest");
			Object explain = beans.invoke(name, "part", new Object[] { "explain", null, null },
					new String[] { String.class.getName(), String.class.getName(), Integer.class.getName() });
			assertThat(((Map<?, ?>) explain).get("settings")).isInstanceOf(List.class);
			assertThatException()
				.isThrownBy(() -> beans.invoke(name, "part", new Object[] { "connections", "newest", 5 },
						new String[] { String.class.getName(), String.class.getName(), Integer.class.getName() }));
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(404);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
