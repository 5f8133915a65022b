package io.millrace.servlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SessionStore} and {@link ServletSession}.
 */
class SessionStoreTests {

	private static final long START = 1_000_000;

	private final AtomicLong clock = new AtomicLong(START);

	private final List<String> events = Collections.synchronizedList(new ArrayList<>());

	private final ServletContext context = mock(ServletContext.class);

	private final SessionSettings settings = new SessionSettings();

	private final SessionListeners listeners = new SessionListeners();

	private final SessionStore store = new SessionStore(this.context, this.settings, this.listeners,
			SessionStorage.inMemory(), this.clock::get);

	@AfterEach
	void stop() {
		this.store.stop();
	}

	@Test
	void anIdHasAtLeast128BitsAndIsNeverTheSame() {
		Set<String> ids = new HashSet<>();
		for (int i = 0; i < 10_000; i++) {
			String id = create().getId();
			assertThat(id).matches("[0-9A-F]{32}");
			ids.add(id);
		}
		assertThat(ids).hasSize(10_000);
		assertThat(this.store.size()).isEqualTo(10_000);
	}

	@Test
	void aSessionIsFoundByItsIdOnly() {
		ServletSession session = create();
		assertThat(find(session.getId())).isSameAs(session);
		assertThat(find(session.getId().toLowerCase())).isNull();
		assertThat(find("")).isNull();
		assertThat(find("guessed")).isNull();
		assertThat(session.getServletContext()).isSameAs(this.context);
	}

	@Test
	void aSessionIsNewUntilTheClientComesWithItsId() {
		ServletSession session = create();
		assertThat(session.isNew()).isTrue();
		session.getAccessor().access((each) -> each.setAttribute("a", "1"));
		assertThat(session.isNew()).isTrue();
		find(session.getId());
		assertThat(session.isNew()).isFalse();
	}

	@Test
	void theLastAccessIsWhenThePreviousRequestCame() {
		ServletSession session = this.store.create();
		assertThat(session.getCreationTime()).isEqualTo(START);
		assertThat(session.getLastAccessedTime()).isEqualTo(START);
		this.clock.addAndGet(10);
		this.store.release(session);
		this.clock.addAndGet(90);
		this.store.find(session.getId());
		assertThat(session.getLastAccessedTime()).isEqualTo(START);
		this.clock.addAndGet(50);
		this.store.release(session);
		assertThat(session.getLastAccessedTime()).isEqualTo(START + 100);
		this.clock.addAndGet(850);
		this.store.find(session.getId());
		assertThat(session.getLastAccessedTime()).isEqualTo(START + 100);
	}

	@Test
	void anUnusedSessionExpiresWhenItIsAskedFor() {
		record("session", new Lifecycle("L"));
		this.settings.setTimeout(Duration.ofSeconds(10));
		ServletSession session = create();
		this.clock.addAndGet(9_999);
		assertThat(find(session.getId())).isSameAs(session);
		this.clock.addAndGet(10_000);
		assertThat(find(session.getId())).isNull();
		assertThat(this.store.size()).isZero();
		assertThat(session.isValid()).isFalse();
		assertThat(this.events).containsExactly("L created", "L destroyed");
	}

	@Test
	void anUnusedSessionExpiresWithTheSweep() {
		record("session", new Lifecycle("L"));
		this.settings.setTimeout(Duration.ofSeconds(10));
		ServletSession used = create();
		ServletSession unused = create();
		this.clock.addAndGet(5_000);
		find(used.getId());
		this.clock.addAndGet(5_000);
		this.store.sweep(this.clock.get());
		assertThat(this.store.size()).isEqualTo(1);
		assertThat(unused.isValid()).isFalse();
		assertThat(used.isValid()).isTrue();
		assertThat(this.events).containsExactly("L created", "L created", "L destroyed");
	}

	@Test
	void theIdleTimeBeginsWhenTheRequestEnds() {
		this.settings.setTimeout(Duration.ofSeconds(10));
		ServletSession session = this.store.create();
		this.clock.addAndGet(9_000);
		this.store.release(session);
		this.clock.addAndGet(9_000);
		assertThat(find(session.getId())).isSameAs(session);
	}

	@Test
	void aSessionThatIsInUseDoesNotExpire() {
		this.settings.setTimeout(Duration.ofSeconds(10));
		ServletSession session = this.store.create();
		this.store.find(session.getId());
		this.clock.addAndGet(60_000);
		this.store.sweep(this.clock.get());
		assertThat(session.isValid()).isTrue();
		this.store.release(session);
		this.store.sweep(this.clock.get() + 60_000);
		assertThat(session.isValid()).isTrue();
		this.store.release(session);
		this.store.sweep(this.clock.get() + 9_999);
		assertThat(session.isValid()).isTrue();
		this.store.sweep(this.clock.get() + 10_000);
		assertThat(session.isValid()).isFalse();
	}

	@Test
	void moreSessionsThanThereMayBeAreRefusedUntilOneEnds() {
		SessionStore small = new SessionStore(this.context, this.settings, this.listeners,
				new SessionStorage(2, null, List.of()), this.clock::get);
		ServletSession first = small.create();
		small.create();
		assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(small::create)
			.satisfies((refused) -> assertThat(refused.status()).isEqualTo(503));
		assertThat(small.size()).isEqualTo(2);
		first.invalidate();
		assertThat(small.create().isValid()).isTrue();
		small.stop();
	}

	@Test
	void aNegativeMaximumIsNone() {
		SessionStore endless = new SessionStore(this.context, this.settings, this.listeners,
				new SessionStorage(-1, null, List.of()), this.clock::get);
		assertThat(endless.create().isValid()).isTrue();
		endless.stop();
	}

	@Test
	void everySessionMayHaveItsOwnTimeout() {
		ServletSession session = create();
		assertThat(session.getMaxInactiveInterval()).isEqualTo(1800);
		session.setMaxInactiveInterval(1);
		this.clock.addAndGet(1000);
		this.store.sweep(this.clock.get());
		assertThat(session.isValid()).isFalse();
	}

	@Test
	void aTimeoutOfZeroOrLessIsNever() {
		this.settings.setTimeout(Duration.ZERO);
		ServletSession session = create();
		ServletSession negative = create();
		negative.setMaxInactiveInterval(-1);
		this.clock.addAndGet(Duration.ofDays(10_000).toMillis());
		this.store.sweep(this.clock.get());
		assertThat(find(session.getId())).isSameAs(session);
		assertThat(find(negative.getId())).isSameAs(negative);
	}

	@Test
	void aChangedIdReplacesTheOldOne() {
		record("id",
				(HttpSessionIdListener) (event, oldId) -> this.events.add(oldId + " > " + event.getSession().getId()));
		ServletSession session = create();
		session.setAttribute("a", "1");
		String oldId = session.getId();
		String newId = this.store.changeId(session);
		assertThat(newId).isNotEqualTo(oldId).isEqualTo(session.getId());
		assertThat(find(oldId)).isNull();
		assertThat(find(newId)).isSameAs(session);
		assertThat(session.getAttribute("a")).isEqualTo("1");
		assertThat(this.store.size()).isEqualTo(1);
		assertThat(this.events).containsExactly(oldId + " > " + newId);
		session.invalidate();
		assertThat(this.store.size()).isZero();
		assertThatIllegalStateException().isThrownBy(() -> this.store.changeId(session));
	}

	@Test
	void anInvalidatedSessionIsGone() {
		ServletSession session = create();
		String id = session.getId();
		session.invalidate();
		assertThat(session.isValid()).isFalse();
		assertThat(find(id)).isNull();
		assertThat(this.store.size()).isZero();
		assertThat(session.getId()).isEqualTo(id);
		assertThat(session.getServletContext()).isSameAs(this.context);
		assertThat(session.getMaxInactiveInterval()).isEqualTo(1800);
		Runnable[] calls = { session::invalidate, session::isNew, session::getCreationTime,
				session::getLastAccessedTime, session::getAttributeNames, session::getAccessor,
				() -> session.getAttribute("a"), () -> session.setAttribute("a", "1"),
				() -> session.setAttribute("a", null), () -> session.removeAttribute("a") };
		for (Runnable call : calls) {
			assertThatIllegalStateException().isThrownBy(call::run);
		}
	}

	@Test
	void listenersAreToldInOrderAndOfTheEndInReverse() {
		record("session", new Lifecycle("1"));
		record("session", new Lifecycle("2"));
		create().invalidate();
		assertThat(this.events).containsExactly("1 created", "2 created", "2 destroyed", "1 destroyed");
	}

	@Test
	void aListenerCanStillUseTheSessionThatEnds() {
		record("session", new HttpSessionListener() {

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				HttpSession session = event.getSession();
				SessionStoreTests.this.events.add(session.getAttribute("a") + " " + session.isNew());
				SessionStoreTests.this.events.add("found " + SessionStoreTests.this.find(session.getId()));
				session.setAttribute("late", new Bound("late"));
				session.invalidate();
			}

		});
		ServletSession session = create();
		session.setAttribute("a", "1");
		session.invalidate();
		assertThat(this.events).containsExactly("1 true", "found null", "late bound", "late unbound");
	}

	@Test
	void aListenerThatFailsKeepsNobodyFromBeingTold() {
		record("session", new Lifecycle("1"));
		record("session", new HttpSessionListener() {

			@Override
			public void sessionCreated(HttpSessionEvent event) {
				throw new IllegalStateException("expected by a test");
			}

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				throw new NoClassDefFoundError("expected by a test");
			}

		});
		ServletSession session = create();
		session.setAttribute("a", new Bound("a"));
		session.invalidate();
		assertThat(this.events).containsExactly("1 created", "a bound", "1 destroyed", "a unbound");
		assertThat(this.store.size()).isZero();
	}

	@Test
	void bindingIsToldBeforeTheValueIsThereAndUnbindingAfterItIsGone() {
		ServletSession session = create();
		HttpSessionBindingListener value = new HttpSessionBindingListener() {

			@Override
			public void valueBound(HttpSessionBindingEvent event) {
				SessionStoreTests.this.events
					.add("bound " + event.getName() + " " + event.getSession().getAttribute("a"));
			}

			@Override
			public void valueUnbound(HttpSessionBindingEvent event) {
				SessionStoreTests.this.events
					.add("unbound " + event.getName() + " " + event.getSession().getAttribute("a"));
			}

		};
		session.setAttribute("a", value);
		session.setAttribute("a", value);
		session.removeAttribute("a");
		session.removeAttribute("a");
		assertThat(this.events).containsExactly("bound a null", "unbound a null");
	}

	@Test
	void attributeListenersAreToldWhatWasAddedReplacedAndRemoved() {
		record("attribute", new Attributes());
		ServletSession session = create();
		session.setAttribute("a", new Bound("1"));
		session.setAttribute("a", new Bound("2"));
		session.setAttribute("a", null);
		session.setAttribute("b", new Bound("3"));
		session.invalidate();
		assertThat(this.events).containsExactly("1 bound", "added a=1", "2 bound", "1 unbound", "replaced a=1",
				"2 unbound", "removed a=2", "3 bound", "added b=3", "3 unbound", "removed b=3");
	}

	@Test
	void attributesAreUnboundAfterTheSessionIsDestroyed() {
		record("session", new Lifecycle("L"));
		record("attribute", new Attributes());
		ServletSession session = create();
		session.setAttribute("a", new Bound("1"));
		this.clock.addAndGet(Duration.ofHours(1).toMillis());
		this.store.sweep(this.clock.get());
		assertThat(this.events).containsExactly("L created", "1 bound", "added a=1", "L destroyed", "1 unbound",
				"removed a=1");
	}

	@Test
	void aListenerOfNoSessionKindIsNotTaken() {
		assertThat(this.listeners.add(new EventListener() {
		})).isFalse();
	}

	@Test
	void aSessionWithoutAttributesHasNone() {
		ServletSession session = create();
		assertThat(session.getAttribute("a")).isNull();
		assertThat(session.getAttributeNames().hasMoreElements()).isFalse();
		session.removeAttribute("a");
		session.setAttribute("a", null);
		assertThat(session.getAttributeNames().hasMoreElements()).isFalse();
		session.setAttribute("a", "1");
		assertThat(Collections.list(session.getAttributeNames())).containsExactly("a");
	}

	@Test
	void aNameMustNotBeNull() {
		ServletSession session = create();
		assertThatIllegalArgumentException().isThrownBy(() -> session.setAttribute(null, "1"));
		assertThat(session.getAttribute(null)).isNull();
	}

	@Test
	void anAccessorReachesTheSessionBesideARequestAndKeepsItAlive() {
		this.settings.setTimeout(Duration.ofSeconds(10));
		ServletSession session = create();
		HttpSession.Accessor accessor = session.getAccessor();
		this.store.changeId(session);
		this.clock.addAndGet(9_000);
		accessor.access((each) -> {
			assertThat(each.getId()).isEqualTo(session.getId());
			each.setAttribute("a", "1");
		});
		this.clock.addAndGet(9_000);
		assertThat(find(session.getId())).isSameAs(session);
		assertThat(session.getAttribute("a")).isEqualTo("1");
		this.clock.addAndGet(10_000);
		assertThatIllegalStateException().isThrownBy(() -> accessor.access((each) -> this.events.add("reached")));
		assertThat(session.isValid()).isFalse();
		assertThat(this.events).isEmpty();
	}

	@Test
	void stoppingEndsAllSessionsAndCreatesNoMore() {
		record("session", new Lifecycle("L"));
		ServletSession session = create();
		create();
		this.store.stop();
		assertThat(session.isValid()).isFalse();
		assertThat(this.store.size()).isZero();
		assertThatIllegalStateException().isThrownBy(this.store::create);
		assertThat(this.events).containsExactly("L created", "L created", "L destroyed", "L destroyed");
	}

	// As a request that is over before the clock goes on.
	private ServletSession create() {
		ServletSession session = this.store.create();
		this.store.release(session);
		return session;
	}

	private ServletSession find(String id) {
		ServletSession session = this.store.find(id);
		if (session != null) {
			this.store.release(session);
		}
		return session;
	}

	private void record(String kind, EventListener listener) {
		assertThat(this.listeners.add(listener)).as(kind).isTrue();
	}

	private final class Lifecycle implements HttpSessionListener {

		private final String name;

		Lifecycle(String name) {
			this.name = name;
		}

		@Override
		public void sessionCreated(HttpSessionEvent event) {
			SessionStoreTests.this.events.add(this.name + " created");
		}

		@Override
		public void sessionDestroyed(HttpSessionEvent event) {
			SessionStoreTests.this.events.add(this.name + " destroyed");
		}

	}

	private final class Bound implements HttpSessionBindingListener {

		private final String name;

		Bound(String name) {
			this.name = name;
		}

		@Override
		public void valueBound(HttpSessionBindingEvent event) {
			SessionStoreTests.this.events.add(this.name + " bound");
		}

		@Override
		public void valueUnbound(HttpSessionBindingEvent event) {
			SessionStoreTests.this.events.add(this.name + " unbound");
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	private final class Attributes implements HttpSessionAttributeListener {

		@Override
		public void attributeAdded(HttpSessionBindingEvent event) {
			SessionStoreTests.this.events.add("added " + event.getName() + "=" + event.getValue());
		}

		@Override
		public void attributeRemoved(HttpSessionBindingEvent event) {
			SessionStoreTests.this.events.add("removed " + event.getName() + "=" + event.getValue());
		}

		@Override
		public void attributeReplaced(HttpSessionBindingEvent event) {
			SessionStoreTests.this.events.add("replaced " + event.getName() + "=" + event.getValue());
		}

	}

}
