package io.millrace.servlet;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SessionSettings}.
 */
class SessionSettingsTests {

	private final SessionSettings settings = new SessionSettings();

	@Test
	void theDefaultCookieIsHttpOnlyAndForTheContextPath() {
		assertThat(Cookies.encode(this.settings.newCookie("ID", "", false), null))
			.isEqualTo("JSESSIONID=ID; Path=/; HttpOnly");
		assertThat(Cookies.encode(this.settings.newCookie("ID", "/app", false), null))
			.isEqualTo("JSESSIONID=ID; Path=/app; HttpOnly");
	}

	@Test
	void aSecureRequestMakesTheCookieSecure() {
		assertThat(this.settings.newCookie("ID", "", true).getSecure()).isTrue();
		assertThat(this.settings.newCookie("ID", "", false).getSecure()).isFalse();
	}

	@Test
	void everythingThatIsSetIsInTheCookie() {
		this.settings.setName("SID");
		this.settings.setDomain("example.org");
		this.settings.setPath("/x");
		this.settings.setSecure(true);
		this.settings.setHttpOnly(false);
		this.settings.setMaxAge(0);
		this.settings.setAttribute("SameSite", "Strict");
		this.settings.setAttribute("Partitioned", "true");
		this.settings.setAttribute("Priority", "High");
		assertThat(Cookies.encode(this.settings.newCookie("ID", "/app", false), "Lax"))
			.isEqualTo("SID=ID; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Domain=example.org; Path=/x; Secure; "
					+ "SameSite=Strict; Partitioned; Priority=High");
	}

	@Test
	void gettersTellWhatWasSet() {
		assertThat(this.settings.getName()).isNull();
		assertThat(this.settings.cookieName()).isEqualTo("JSESSIONID");
		assertThat(this.settings.pathParameterName()).isEqualTo("jsessionid");
		assertThat(this.settings.getMaxAge()).isEqualTo(-1);
		assertThat(this.settings.isHttpOnly()).isTrue();
		assertThat(this.settings.isSecure()).isFalse();
		assertThat(this.settings.getDomain()).isNull();
		this.settings.setName("SID");
		this.settings.setMaxAge(60);
		this.settings.setPath("/x");
		assertThat(this.settings.getName()).isEqualTo("SID");
		assertThat(this.settings.cookieName()).isEqualTo("SID");
		assertThat(this.settings.pathParameterName()).isEqualTo("SID");
		assertThat(this.settings.getMaxAge()).isEqualTo(60);
		assertThat(this.settings.getAttribute("max-age")).isEqualTo("60");
		assertThat(this.settings.getAttributes()).containsEntry("Path", "/x");
		this.settings.setAttribute("Path", null);
		assertThat(this.settings.getPath()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a;b", "a=b", "a\r\n" })
	void aNameThatIsNoneIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.settings.setName(name));
		assertThatIllegalArgumentException().isThrownBy(() -> this.settings.setAttribute(name, "x"));
	}

	@Test
	void anAgeThatIsNoNumberIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.settings.setAttribute("Max-Age", "soon"));
		assertThat(this.settings.getMaxAge()).isEqualTo(-1);
	}

	@Test
	void theTrackingModesAreCookieAndUrlUnlessSetOtherwise() {
		assertThat(this.settings.getTrackingModes()).containsExactlyInAnyOrder(SessionTrackingMode.COOKIE,
				SessionTrackingMode.URL);
		assertThat(this.settings.usesCookies()).isTrue();
		assertThat(this.settings.usesUrls()).isTrue();
		this.settings.setTrackingModes(EnumSet.of(SessionTrackingMode.COOKIE));
		assertThat(this.settings.usesUrls()).isFalse();
		this.settings.setTrackingModes(Set.of());
		assertThat(this.settings.usesCookies()).isFalse();
		assertThat(SessionSettings.defaultTrackingModes()).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "PT30M,1800", "PT0S,0", "PT-1S,0", "PT0.5S,1", "PT1.5S,1", "P100000D,2147483647" })
	void theTimeoutIsInSeconds(Duration timeout, int seconds) {
		this.settings.setTimeout(timeout);
		assertThat(this.settings.getTimeout()).isEqualTo(timeout);
		assertThat(this.settings.timeoutSeconds()).isEqualTo(seconds);
	}

	@Test
	void nothingCanBeSetOnceTheApplicationHasStarted() {
		this.settings.freeze();
		Runnable[] setters = { () -> this.settings.setName("x"), () -> this.settings.setDomain("x"),
				() -> this.settings.setPath("/"), () -> this.settings.setHttpOnly(true),
				() -> this.settings.setSecure(true), () -> this.settings.setMaxAge(1),
				() -> this.settings.setAttribute("a", "b"), () -> this.settings.setAttribute("Path", null),
				() -> this.settings.setTimeout(Duration.ZERO), () -> this.settings.setTrackingModes(Set.of()) };
		for (Runnable setter : setters) {
			assertThatIllegalStateException().isThrownBy(setter::run);
		}
	}

	@Test
	void theAttributesCannotBeChangedThroughTheMap() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.settings.getAttributes().put("a", "b"));
	}

	@Test
	void everyCookieIsItsOwn() {
		Cookie first = this.settings.newCookie("ID", "", false);
		first.setPath("/changed");
		assertThat(this.settings.newCookie("ID", "", false).getPath()).isEqualTo("/");
	}

}
