package io.millrace.servlet;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.millrace.core.RawClient.Response;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link RequestSession}: what requests and responses have to do with sessions.
 */
class RequestSessionTests {

	@Test
	void aCookieBringsTheSessionBack() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			HttpSession session = request.getSession();
			Integer count = (Integer) session.getAttribute("count");
			session.setAttribute("count", (count != null) ? count + 1 : 1);
			response.getWriter().print(session.getAttribute("count") + " " + describe(request));
		})) {
			Response first = server.get("/");
			String id = idIn(first);
			assertThat(first.header("set-cookie")).isEqualTo("JSESSIONID=" + id + "; Path=/; HttpOnly");
			assertThat(first.body()).isEqualTo("1 id=null valid=false cookie=false url=false");
			Response second = server.get("/", cookie(id));
			assertThat(second.header("set-cookie")).isNull();
			assertThat(second.body()).isEqualTo("2 id=" + id + " valid=true cookie=true url=false");
		}
	}

	@Test
	void aPathParameterBringsTheSessionBack() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			request.getSession();
			response.getWriter().print(response.encodeURL("/next?a=b") + " " + describe(request));
		})) {
			String id = idIn(server.get("/"));
			assertThat(server.get("/page;jsessionid=" + id).body())
				.isEqualTo("/next;jsessionid=" + id + "?a=b id=" + id + " valid=true cookie=false url=true");
			assertThat(server.get("/page;jsessionid=other", cookie(id)).body())
				.isEqualTo("/next?a=b id=" + id + " valid=true cookie=true url=false");
		}
	}

	@ParameterizedTest
	@CsvSource({ "cookie", "url" })
	void anIdThatTheServerDidNotMakeIsNeverTaken(String way) throws Exception {
		String chosen = "0123456789ABCDEF0123456789ABCDEF";
		try (TestServer server = TestServer.serving((request, response) -> {
			String before = describe(request);
			response.getWriter().print(before + " > " + request.getSession().getId());
		})) {
			Response response = way.equals("cookie") ? server.get("/", cookie(chosen))
					: server.get("/;jsessionid=" + chosen);
			assertThat(idIn(response)).isNotEqualTo(chosen);
			assertThat(response.body()).startsWith("id=" + chosen + " valid=false").endsWith(idIn(response));
		}
	}

	@Test
	void ofSeveralCookiesTheOneThatIsASessionCounts() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			request.getSession();
			response.getWriter().print(describe(request));
		})) {
			String id = idIn(server.get("/"));
			assertThat(server.get("/", Map.of("Cookie", "JSESSIONID=stale; JSESSIONID=" + id)).body())
				.startsWith("id=" + id + " valid=true");
		}
	}

	@Test
	void aChangedIdIsSentAndTheOldOneIsWorthNothing() throws Exception {
		List<String> changes = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			application.addListener(
					(HttpSessionIdListener) (event, oldId) -> changes.add(oldId + ">" + event.getSession().getId()));
			TestServer.add(application, "login", (request, response) -> {
				String id = request.changeSessionId();
				response.getWriter().print(id + " " + request.getSession().getAttribute("a") + " " + describe(request));
			}, "/login");
			TestServer.add(application, "other", (request, response) -> {
				boolean there = request.getSession(false) != null;
				request.getSession().setAttribute("a", "1");
				response.getWriter().print(there);
			}, "/other");
		})) {
			String old = idIn(server.get("/other"));
			Response login = server.get("/login", cookie(old));
			String id = idIn(login);
			assertThat(id).isNotEqualTo(old);
			// As with Tomcat, the rest of the request sees the new id as the requested
			// one.
			assertThat(login.body()).isEqualTo(id + " 1 id=" + id + " valid=true cookie=true url=false");
			assertThat(changes).containsExactly(old + ">" + id);
			assertThat(server.get("/other", cookie(old)).body()).isEqualTo("false");
			assertThat(server.get("/other", cookie(id)).body()).isEqualTo("true");
			assertThat(server.get("/login").status()).isEqualTo(500);
		}
	}

	@Test
	void anInvalidatedSessionIsFollowedByANewOne() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			HttpSession old = request.getSession();
			old.invalidate();
			String between = request.getSession(false) + " " + request.isRequestedSessionIdValid();
			HttpSession session = request.getSession();
			response.getWriter().print(between + " " + session.isNew() + " " + session.getId().equals(old.getId()));
		})) {
			Response response = server.get("/");
			assertThat(response.body()).isEqualTo("null false true false");
			assertThat(server.get("/", cookie(idIn(response))).body()).isEqualTo("null false true false");
		}
	}

	@Test
	void noSessionIsCreatedAfterTheResponseIsCommitted() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.flushBuffer();
			try {
				request.getSession();
			}
			catch (IllegalStateException ex) {
				response.getWriter().print("refused " + request.getSession(false));
			}
		})) {
			assertThat(server.get("/").body()).isEqualTo("refused null");
		}
	}

	@Test
	void everyRequestIsAnAccessWhetherTheApplicationAsksForTheSessionOrNot() throws Exception {
		List<Long> times = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "static", (request, response) -> response.getWriter().print("x"), "/static");
			TestServer.add(application, "session", (request, response) -> {
				HttpSession session = request.getSession();
				times.add(session.getLastAccessedTime());
			}, "/session");
		})) {
			String id = idIn(server.get("/session"));
			long before = untilTheClockMoves();
			server.get("/static", cookie(id));
			long after = untilTheClockMoves();
			server.get("/session", cookie(id));
			assertThat(times.get(1)).isBetween(before, after - 1);
			server.get("/static;jsessionid=" + id);
			long last = untilTheClockMoves();
			server.get("/session", cookie(id));
			assertThat(times.get(2)).isBetween(after, last - 1);
		}
	}

	@Test
	void aSessionDoesNotExpireWhileARequestUsesIt() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch swept = new CountDownLatch(1);
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "slow", (request, response) -> {
				HttpSession session = request.getSession();
				session.setMaxInactiveInterval(1);
				entered.countDown();
				await(swept);
				response.getWriter().print(request.getSession(false) == session);
			}, "/slow");
		})) {
			var answer = java.util.concurrent.CompletableFuture.supplyAsync(() -> get(server, "/slow"),
					(run) -> new Thread(run).start());
			await(entered);
			SessionStore store = server.application().runtime().sessions();
			store.sweep(System.currentTimeMillis() + 60_000);
			assertThat(store.size()).isEqualTo(1);
			swept.countDown();
			assertThat(answer.get().body()).isEqualTo("true");
			org.awaitility.Awaitility.await().untilAsserted(() -> {
				store.sweep(System.currentTimeMillis() + 60_000);
				assertThat(store.size()).isZero();
			});
		}
	}

	@Test
	void aRequestThatOutlivesItsResponseKeepsNoSession() throws Exception {
		List<HttpServletRequest> kept = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			kept.add(request);
			response.getWriter().print("x");
		})) {
			server.get("/");
			SessionStore store = server.application().runtime().sessions();
			ServletSession session = store.create();
			store.release(session);
			server.get("/", cookie(session.getId()));
			assertThat(kept.get(1).getSession(false)).isSameAs(session);
			store.sweep(System.currentTimeMillis() + 3_600_000);
			org.awaitility.Awaitility.await().untilAsserted(() -> {
				store.sweep(System.currentTimeMillis() + 3_600_000);
				assertThat(store.size()).isZero();
			});
		}
	}

	@Test
	void whoNeedsOneMoreSessionThanThereMayBeGets503() throws Exception {
		ServletOptions.Builder options = TestServer.options().sessionStorage(new SessionStorage(1, null, List.of()));
		try (TestServer server = TestServer.start(options, (application) -> TestServer.add(application, "session",
				(request, response) -> response.getWriter().print(request.getSession().getId()), "/"))) {
			String id = idIn(server.get("/"));
			Response refused = server.get("/");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.header("set-cookie")).isNull();
			assertThat(server.get("/", cookie(id)).body()).isEqualTo(id);
		}
	}

	@Test
	void listenersAreToldInTheOrderOfTheirRegistrationAndOfTheEndInReverse() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			application.addListener(lifecycle("1", events));
			application.addListener(lifecycle("2", events));
			TestServer.add(application, "session", (request, response) -> request.getSession().invalidate(), "/");
		})) {
			server.get("/");
			assertThat(events).containsExactly("1 created", "2 created", "2 destroyed", "1 destroyed");
		}
	}

	@Test
	void cookiesThatAreSwitchedOffAreNeitherSentNorRead() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			application.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.URL));
			TestServer.add(application, "session", (request, response) -> {
				request.getSession();
				response.getWriter().print(response.encodeURL("/a") + " " + describe(request));
			}, "/");
		})) {
			Response first = server.get("/");
			assertThat(first.header("set-cookie")).isNull();
			String id = first.body().substring("/a;jsessionid=".length(), first.body().indexOf(' '));
			assertThat(server.get("/", cookie(id)).body()).contains("id=null valid=false");
			assertThat(server.get("/;jsessionid=" + id).body()).contains("id=" + id + " valid=true");
		}
	}

	@Test
	void trackingByTlsGoesAlone() {
		SessionSettings settings = new SessionSettings();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> settings.setTrackingModes(Set.of(SessionTrackingMode.SSL, SessionTrackingMode.COOKIE)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> settings.setTrackingModes(Set.of(SessionTrackingMode.SSL, SessionTrackingMode.URL)));
		settings.setTrackingModes(Set.of(SessionTrackingMode.SSL));
		assertThat(settings.getTrackingModes()).containsExactly(SessionTrackingMode.SSL);
	}

	@Test
	void theTlsSessionBringsTheSessionBackWithoutCookieAndUrl() {
		Tls tls = new Tls();
		RequestSession first = tls.request(1);
		assertThat(first.get(false)).isNull();
		ServletSession session = first.get(true);
		assertThat(session.getId()).isNotEqualTo(first.requestedId()).hasSize(32);
		first.end();
		RequestSession second = tls.request(1);
		assertThat(second.get(false)).isSameAs(session);
		assertThat(second.isRequestedIdValid()).isTrue();
		assertThat(second.isRequestedIdFromCookie()).isFalse();
		assertThat(second.isRequestedIdFromUrl()).isFalse();
		assertThat(second.idForUrls()).isNull();
		second.changeId();
		second.end();
		assertThat(tls.request(1).get(false)).isSameAs(session);
		assertThat(tls.request(2).get(false)).isNull();
		assertThat(tls.request(null).get(false)).isNull();
		assertThat(tls.request(null).get(true)).isNotSameAs(session);
		verify(tls.response, never()).setSessionCookie(any());
		session.invalidate();
		assertThat(tls.request(1).get(false)).isNull();
		tls.store.sweep(System.currentTimeMillis());
		assertThat(tls.request(1).get(true)).isNotSameAs(session);
	}

	private static HttpSessionListener lifecycle(String name, List<String> events) {
		return new HttpSessionListener() {

			@Override
			public void sessionCreated(HttpSessionEvent event) {
				events.add(name + " created");
			}

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				events.add(name + " destroyed");
			}

		};
	}

	private static String describe(HttpServletRequest request) {
		return "id=" + request.getRequestedSessionId() + " valid=" + request.isRequestedSessionIdValid() + " cookie="
				+ request.isRequestedSessionIdFromCookie() + " url=" + request.isRequestedSessionIdFromURL();
	}

	private static Map<String, String> cookie(String id) {
		return Map.of("Cookie", "JSESSIONID=" + id);
	}

	private static String idIn(Response response) {
		String cookie = response.header("set-cookie");
		return cookie.substring("JSESSIONID=".length(), cookie.indexOf(';'));
	}

	private static long untilTheClockMoves() {
		long now = System.currentTimeMillis();
		while (System.currentTimeMillis() == now) {
			Thread.onSpinWait();
		}
		return now + 1;
	}

	private static Response get(TestServer server, String target) {
		try {
			return server.get(target);
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** An application that tracks by TLS, and requests on connections that have it. */
	private static final class Tls {

		private final SessionSettings settings = new SessionSettings();

		private final SessionStore store;

		private final ServletRuntime runtime = mock(ServletRuntime.class);

		private final ExchangeServletResponse response = mock(ExchangeServletResponse.class);

		Tls() {
			this.settings.setTrackingModes(Set.of(SessionTrackingMode.SSL));
			this.store = new SessionStore(mock(jakarta.servlet.ServletContext.class), this.settings,
					new SessionListeners(), SessionStorage.inMemory());
			given(this.runtime.sessionSettings()).willReturn(this.settings);
			given(this.runtime.sessions()).willReturn(this.store);
		}

		RequestSession request(Integer tlsId) {
			ConnectionInfo connection = mock(ConnectionInfo.class);
			if (tlsId != null) {
				SSLSession session = mock(SSLSession.class);
				given(session.getId()).willReturn(new byte[] { tlsId.byteValue(), 1, 2 });
				given(connection.sslSession()).willReturn(session);
			}
			Exchange exchange = mock(Exchange.class);
			given(exchange.connection()).willReturn(connection);
			ExchangeServletRequest request = mock(ExchangeServletRequest.class);
			given(request.exchange()).willReturn(exchange);
			given(request.response()).willReturn(this.response);
			return new RequestSession(request, this.runtime, null);
		}

	}

}
