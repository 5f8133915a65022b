package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.millrace.boot.MillraceWebServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application that runs as its users run it, with Boot's own servers and Spring
 * Security on the class path; the latter is not asked.
 */
public final class TestServer implements AutoCloseable {

	private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

	static final String NO_SECURITY = "spring.autoconfigure.exclude=" + SECURITY
			+ "UserDetailsServiceAutoConfiguration," + SECURITY + "ReactiveUserDetailsServiceAutoConfiguration,"
			+ SECURITY + "web.reactive.ReactiveWebSecurityAutoConfiguration," + SECURITY
			+ "web.servlet.ServletWebSecurityAutoConfiguration," + SECURITY
			+ "web.servlet.SecurityFilterAutoConfiguration," + SECURITY
			+ "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration," + SECURITY
			+ "actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
			// Boot's own reactive servers exclude each other here.
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration";

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final ConfigurableApplicationContext context;

	private TestServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	public static TestServer reactive(Class<?> application, String... properties) {
		return run(WebApplicationType.REACTIVE, application, properties);
	}

	public static TestServer servlet(Class<?> application, String... properties) {
		return run(WebApplicationType.SERVLET, application, properties);
	}

	private static TestServer run(WebApplicationType type, Class<?> application, String... properties) {
		return new TestServer(new SpringApplicationBuilder(application).web(type)
			.properties(NO_SECURITY, "server.port=0", "spring.thymeleaf.check-template-location=false",
					"spring.main.banner-mode=off")
			.properties(properties)
			.run());
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	public WebServer webServer() {
		return Objects.requireNonNull(((WebServerApplicationContext) this.context).getWebServer());
	}

	public MillraceWebServer millrace() {
		return (MillraceWebServer) webServer();
	}

	public int port() {
		return port("local.server.port");
	}

	public int managementPort() {
		return port("local.management.port");
	}

	private int port(String property) {
		return Objects.requireNonNull(this.context.getEnvironment().getProperty(property, Integer.class));
	}

	public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		return get(port(), path, headers);
	}

	public HttpResponse<String> get(int port, String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
		return this.client.send(((headers.length > 0) ? request.headers(headers) : request).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * Send a request and read what comes until the server closes.
	 * @param request the request, which should ask for {@code Connection: close}
	 * @return the response
	 */
	public String raw(String request) throws IOException {
		try (Socket socket = new Socket("localhost", port())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	/**
	 * Send a request and leave the connection to the caller.
	 * @param path where to
	 * @return the connection
	 */
	public Socket send(String path) throws IOException {
		Socket socket = new Socket("localhost", port());
		socket.setSoTimeout(30_000);
		socket.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
