package io.millrace.servlet;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Boot application as people write them: Spring Security with form login, sessions and
 * CSRF, Thymeleaf views, the white-label error page.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "spring.web.error.include-message=always")
class SecuredApplicationTests {

	private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

	@LocalServerPort
	private int port;

	private HttpClient http;

	@BeforeEach
	void newBrowser() {
		this.http = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.cookieHandler(new CookieManager())
			.build();
	}

	private HttpResponse<String> get(String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri(path)).header("Accept", "text/html").build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, String form) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri(path))
			.header("Accept", "text/html")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(form))
			.build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	private static String location(HttpResponse<String> response) {
		return response.headers().firstValue("Location").orElseThrow().replaceFirst("http://localhost:\\d+", "");
	}

	private static String token(HttpResponse<String> page) {
		Matcher matcher = TOKEN.matcher(page.body());
		assertThat(matcher.find()).as(page.body()).isTrue();
		return matcher.group(1);
	}

	private void login() throws Exception {
		String token = token(get("/login"));
		HttpResponse<String> response = post("/login", "username=ann&password=secret&_csrf=" + token);
		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(location(response)).doesNotContain("error");
	}

	@Test
	void aStrangerIsSentToTheLoginPageAndComesBackAfterwards() throws Exception {
		HttpResponse<String> refused = get("/desk");
		assertThat(refused.statusCode()).isEqualTo(302);
		assertThat(location(refused)).isEqualTo("/login");
		HttpResponse<String> page = get("/login");
		assertThat(page.body()).contains("Please sign in");
		String token = token(page);
		assertThat(location(post("/login", "username=ann&password=wrong&_csrf=" + token))).isEqualTo("/login?error");
		HttpResponse<String> in = post("/login", "username=ann&password=secret&_csrf=" + token(get("/login")));
		assertThat(location(in)).startsWith("/desk");
		assertThat(get("/desk").body()).contains("Hello ann");
	}

	@Test
	void theSessionIdChangesWithTheLogin() throws Exception {
		String before = get("/login").headers().firstValue("Set-Cookie").orElseThrow();
		String token = token(get("/login"));
		String after = post("/login", "username=ann&password=secret&_csrf=" + token).headers()
			.firstValue("Set-Cookie")
			.orElseThrow();
		assertThat(after).startsWith("JSESSIONID=").isNotEqualTo(before);
	}

	@Test
	void aPostWithoutTokenIsForbiddenAndWithItIsTaken() throws Exception {
		login();
		assertThat(post("/desk", "name=bob").statusCode()).isEqualTo(403);
		assertThat(post("/desk", "name=bob&_csrf=" + token(get("/desk"))).body()).isEqualTo("bob by ann");
	}

	@Test
	void aViewIsRendered() throws Exception {
		login();
		HttpResponse<String> view = get("/desk");
		assertThat(view.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(view.body()).contains("<p>Hello ann</p>").contains("href=\"/next?a=1\"");
	}

	@Test
	void errorsAreShownOnTheWhiteLabelPage() throws Exception {
		login();
		HttpResponse<String> missing = get("/nowhere");
		assertThat(missing.statusCode()).isEqualTo(404);
		assertThat(missing.body()).contains("Whitelabel Error Page").contains("status=404");
		HttpResponse<String> failed = get("/fail");
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.body()).contains("Whitelabel Error Page").contains("seats are gone");
	}

	@Test
	void afterTheLogoutTheSessionIsGone() throws Exception {
		login();
		assertThat(location(post("/logout", "_csrf=" + token(get("/desk"))))).isEqualTo("/login?logout");
		assertThat(location(get("/desk"))).isEqualTo("/login");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Desk.class)
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.formLogin(Customizer.withDefaults())
				.logout(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("ann").password("{noop}secret").roles("STUDENT").build());
		}

	}

	@Controller
	static class Desk {

		@GetMapping("/desk")
		String desk(Model model, java.security.Principal principal) {
			model.addAttribute("greeting", "Hello " + principal.getName());
			return "desk";
		}

		@PostMapping("/desk")
		@ResponseBody
		String enrol(@RequestParam String name, java.security.Principal principal) {
			return name + " by " + principal.getName();
		}

		@GetMapping("/fail")
		String fail() {
			throw new UnsupportedOperationException("seats are gone");
		}

	}

}
