package io.millrace.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SessionStore} used by eight threads at once.
 */
class SessionStoreConcurrencyTests {

	private static final int THREADS = 8;

	private final AtomicLong clock = new AtomicLong(1_000_000);

	private final Map<HttpSession, AtomicInteger> created = new ConcurrentHashMap<>();

	private final Map<HttpSession, AtomicInteger> destroyed = new ConcurrentHashMap<>();

	private final AtomicInteger bound = new AtomicInteger();

	private final AtomicInteger unbound = new AtomicInteger();

	private final SessionStore store;

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	SessionStoreConcurrencyTests() {
		SessionListeners listeners = new SessionListeners();
		listeners.add(new HttpSessionListener() {

			@Override
			public void sessionCreated(HttpSessionEvent event) {
				count(SessionStoreConcurrencyTests.this.created, event.getSession());
			}

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				count(SessionStoreConcurrencyTests.this.destroyed, event.getSession());
			}

		});
		this.store = new SessionStore(mock(ServletContext.class), new SessionSettings(), listeners,
				SessionStorage.inMemory(), this.clock::get);
	}

	@AfterEach
	void shutDown() {
		this.threads.shutdownNow();
	}

	@Test
	void aSessionThatAllEndAtOnceIsDestroyedOnce() throws Exception {
		for (int round = 0; round < 500; round++) {
			ServletSession session = this.store.create();
			session.setAttribute("a", new Value());
			session.setMaxInactiveInterval(1);
			this.store.release(session);
			this.clock.addAndGet(1000);
			long now = this.clock.get();
			allAtOnce((thread) -> {
				switch (thread % 4) {
					case 0 -> this.store.sweep(now);
					case 1 -> assertThat(this.store.find(session.getId())).isNull();
					case 2 -> invalidate(session);
					default -> changeId(session);
				}
			});
			assertThat(this.destroyed.get(session)).hasValue(1);
		}
		assertThat(this.store.size()).isZero();
		assertThat(this.unbound).hasValue(this.bound.get());
	}

	@Test
	void aSessionThatIsFoundHasNotExpired() throws Exception {
		AtomicInteger found = new AtomicInteger();
		for (int round = 0; round < 500; round++) {
			ServletSession session = this.store.create();
			session.setMaxInactiveInterval(1);
			this.store.release(session);
			String id = session.getId();
			allAtOnce((thread) -> {
				if (thread == 0) {
					this.clock.addAndGet(1000);
				}
				else if (thread % 2 == 0) {
					this.store.sweep(this.clock.get());
				}
				else if (this.store.find(id) != null) {
					found.incrementAndGet();
					this.store.sweep(this.clock.addAndGet(2000));
					assertThat(session.isValid()).isTrue();
					this.store.release(session);
				}
			});
			// Whoever came first decided it: all is well, or it is wholly gone.
			assertThat(session.isValid()).isEqualTo(!this.destroyed.containsKey(session));
			assertThat(this.store.size()).isEqualTo(session.isValid() ? 1 : 0);
			invalidate(session);
		}
		assertThat(this.store.size()).isZero();
		assertThat(found.get()).isPositive();
	}

	@Test
	void noAttributeStaysBoundToASessionThatEnded() throws Exception {
		for (int round = 0; round < 500; round++) {
			ServletSession session = this.store.create();
			allAtOnce((thread) -> {
				if (thread == 0) {
					invalidate(session);
					return;
				}
				try {
					session.setAttribute("a" + thread, new Value());
				}
				catch (IllegalStateException ex) {
					assertThat(session.isValid()).isFalse();
				}
			});
			assertThat(session.isValid()).isFalse();
		}
		assertThat(this.bound.get()).isPositive();
		assertThat(this.unbound).hasValue(this.bound.get());
	}

	@Test
	void aStoreThatStopsLeavesNoSessionBehind() throws Exception {
		allAtOnce((thread) -> {
			if (thread == 0) {
				while (this.created.size() < 1000) {
					Thread.onSpinWait();
				}
				this.store.stop();
				return;
			}
			try {
				while (true) {
					this.store.create();
				}
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessageContaining("has stopped");
			}
		});
		assertThat(this.store.size()).isZero();
		assertThat(this.destroyed).hasSameSizeAs(this.created).hasSizeGreaterThanOrEqualTo(1000);
		assertThat(this.destroyed.values()).allSatisfy((count) -> assertThat(count).hasValue(1));
	}

	@Test
	void everySessionThatWasCreatedIsDestroyedOnceWhateverHappens() throws Exception {
		Map<Integer, String> ids = new ConcurrentHashMap<>();
		allAtOnce((thread) -> {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			for (int i = 0; i < 5000; i++) {
				int slot = random.nextInt(32);
				ServletSession session = this.store.find(ids.getOrDefault(slot, ""));
				if (session == null) {
					session = this.store.create();
					session.setMaxInactiveInterval(1 + random.nextInt(5));
					ids.put(slot, session.getId());
				}
				switch (random.nextInt(6)) {
					case 0 -> invalidate(session);
					case 1 -> ids.put(slot, changeId(session));
					case 2 -> this.store.sweep(this.clock.addAndGet(random.nextInt(200)));
					default -> setAttribute(session);
				}
				this.store.release(session);
			}
		});
		this.store.stop();
		assertThat(this.store.size()).isZero();
		assertThat(this.created).hasSizeGreaterThan(100);
		assertThat(this.destroyed.keySet()).isEqualTo(this.created.keySet());
		assertThat(this.destroyed.values()).allSatisfy((count) -> assertThat(count).hasValue(1));
		assertThat(this.unbound).hasValue(this.bound.get());
	}

	private void setAttribute(ServletSession session) {
		try {
			session.setAttribute("a" + ThreadLocalRandom.current().nextInt(4), new Value());
		}
		catch (IllegalStateException ex) {
			assertThat(session.isValid()).isFalse();
		}
	}

	private void invalidate(ServletSession session) {
		try {
			session.invalidate();
		}
		catch (IllegalStateException ex) {
			assertThat(session.isValid()).isFalse();
		}
	}

	private String changeId(ServletSession session) {
		try {
			return this.store.changeId(session);
		}
		catch (IllegalStateException ex) {
			return session.getId();
		}
	}

	private void allAtOnce(Work work) throws Exception {
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Callable<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			int thread = i;
			tasks.add(() -> {
				start.await();
				work.run(thread);
				return null;
			});
		}
		for (Future<Void> task : this.threads.invokeAll(tasks)) {
			task.get();
		}
	}

	private static void count(Map<HttpSession, AtomicInteger> counts, HttpSession session) {
		counts.computeIfAbsent(session, (key) -> new AtomicInteger()).incrementAndGet();
	}

	private interface Work {

		void run(int thread) throws Exception;

	}

	private final class Value implements HttpSessionBindingListener {

		@Override
		public void valueBound(HttpSessionBindingEvent event) {
			SessionStoreConcurrencyTests.this.bound.incrementAndGet();
		}

		@Override
		public void valueUnbound(HttpSessionBindingEvent event) {
			SessionStoreConcurrencyTests.this.unbound.incrementAndGet();
		}

	}

}
