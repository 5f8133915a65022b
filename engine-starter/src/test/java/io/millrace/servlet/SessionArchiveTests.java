package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SessionArchive}, {@link SessionFile} and {@link AttributeSerializer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SessionArchiveTests {

	private static final List<String> EVENTS = Collections.synchronizedList(new ArrayList<>());

	private final AtomicLong clock = new AtomicLong(1_000_000);

	private final SessionListeners listeners = new SessionListeners();

	@TempDir
	private Path directory;

	SessionArchiveTests() {
		EVENTS.clear();
	}

	@Test
	void aSessionIsTheSameAfterARestart() throws Exception {
		SessionStore before = store("io.millrace.servlet.**");
		ServletSession session = before.create();
		session.setAttribute("text", "a");
		session.setAttribute("own", new Own("b"));
		session.setAttribute("list", new ArrayList<>(List.of(1, 2L, Instant.EPOCH, URI.create("/a"), new int[] { 1 })));
		session.setMaxInactiveInterval(100);
		this.clock.addAndGet(7);
		before.release(session);
		String id = session.getId();
		before.stop();
		assertThat(session.isValid()).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> session.getAttribute("text"));
		assertThat(before.size()).isZero();
		SessionStore after = store("io.millrace.servlet.**");
		assertThat(after.size()).isEqualTo(1);
		assertThat(Files.list(this.directory)).isEmpty();
		this.clock.addAndGet(10);
		ServletSession restored = after.find(id);
		assertThat(restored).isNotNull();
		assertThat(restored.getId()).isEqualTo(id);
		assertThat(restored.getCreationTime()).isEqualTo(1_000_000);
		assertThat(restored.getMaxInactiveInterval()).isEqualTo(100);
		assertThat(restored.isNew()).isFalse();
		assertThat(restored.getAttribute("text")).isEqualTo("a");
		assertThat(restored.getAttribute("own")).isEqualTo(new Own("b"));
		assertThat(restored.getAttribute("list")).asInstanceOf(InstanceOfAssertFactories.LIST)
			.hasSize(5)
			.contains(1, 2L, Instant.EPOCH, URI.create("/a"));
	}

	@Test
	void aStoppedApplicationIsTimeInWhichASessionIsNotUsed() {
		SessionStore before = store();
		ServletSession session = before.create();
		session.setMaxInactiveInterval(10);
		before.release(session);
		before.stop();
		this.clock.addAndGet(10_000);
		SessionStore after = store();
		assertThat(after.size()).isEqualTo(1);
		this.listeners.add(new HttpSessionListener() {

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				EVENTS.add("destroyed");
			}

		});
		after.sweep(this.clock.get());
		assertThat(after.size()).isZero();
		assertThat(EVENTS).containsExactly("destroyed");
	}

	@Test
	void attributesAreToldAndNobodyElse() {
		this.listeners.add(new HttpSessionListener() {

			@Override
			public void sessionCreated(HttpSessionEvent event) {
				EVENTS.add("created");
			}

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				EVENTS.add("destroyed");
			}

		});
		this.listeners.add(new HttpSessionAttributeListener() {

			@Override
			public void attributeAdded(HttpSessionBindingEvent event) {
				EVENTS.add("added " + event.getName());
			}

			@Override
			public void attributeRemoved(HttpSessionBindingEvent event) {
				EVENTS.add("removed " + event.getName());
			}

		});
		SessionStore before = store("io.millrace.servlet.**");
		ServletSession session = before.create();
		session.setAttribute("other", "1");
		session.setAttribute("traveller", new Traveller());
		before.stop();
		SessionStore after = store("io.millrace.servlet.**");
		assertThat(after.size()).isEqualTo(1);
		assertThat(EVENTS).containsExactly("created", "added other", "added traveller", "leaves 1", "arrives 1");
	}

	@Test
	void whatCannotBeSerialisedIsDroppedAndNamed(CapturedOutput output) {
		SessionStore before = store("io.millrace.servlet.**");
		ServletSession session = before.create();
		session.setAttribute("thread", new Thread());
		session.setAttribute("nested", new ArrayList<>(List.of(new Object())));
		session.setAttribute("failing", new Failing());
		session.setAttribute("fine", "1");
		before.stop();
		ServletSession restored = store("io.millrace.servlet.**").find(session.getId());
		assertThat(Collections.list(restored.getAttributeNames())).containsExactly("fine");
		assertThat(output).contains("'thread' of java.lang.Thread", "'nested' of java.util.ArrayList",
				"'failing' of " + Failing.class.getName());
	}

	@Test
	void aClassThatNobodyAllowedIsNotRestored(CapturedOutput output) throws Exception {
		SessionStore before = store();
		ServletSession session = before.create();
		session.setAttribute("own", new Own("b"));
		session.setAttribute("nested", new ArrayList<>(List.of((Object) new Failing[0])));
		session.setAttribute("url", new URL("http://localhost/"));
		session.setAttribute("fine", "1");
		before.stop();
		ServletSession restored = store().find(session.getId());
		assertThat(Collections.list(restored.getAttributeNames())).containsExactly("fine");
		assertThat(output).contains("'own' is not restored: " + Own.class.getName(), "'nested' is not restored: ",
				"'url' is not restored: java.net.URL");
	}

	@Test
	void codeOfAClassThatNobodyAllowedDoesNotRun() {
		SessionStore before = store();
		ServletSession session = before.create();
		session.setAttribute("a", new Gadget());
		before.stop();
		store();
		assertThat(EVENTS).isEmpty();
		SessionStore allowing = store("io.millrace.servlet.**");
		allowing.create().setAttribute("a", new Gadget());
		allowing.stop();
		store("io.millrace.servlet.**");
		assertThat(EVENTS).containsExactly("runs");
	}

	@Test
	void aBombOfNestedCollectionsIsRefused(CapturedOutput output) throws Exception {
		Set<Object> bomb = new HashSet<>();
		Set<Object> inner = bomb;
		for (int i = 0; i < 200; i++) {
			Set<Object> next = new HashSet<>();
			inner.add(next);
			inner = next;
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		new ObjectOutputStream(bytes).writeObject(bomb);
		AttributeSerializer serializer = new AttributeSerializer(getClass().getClassLoader(), List.of());
		assertThat(serializer.read("bomb", bytes.toByteArray())).isNull();
		assertThat(output).contains("'bomb'");
	}

	@Test
	void whatSpringKeepsInSessionsIsRestored() {
		AttributeSerializer serializer = new AttributeSerializer(getClass().getClassLoader(), List.of());
		org.springframework.web.servlet.FlashMap flash = new org.springframework.web.servlet.FlashMap();
		flash.put("message", "saved");
		flash.addTargetRequestParam("a", "b");
		assertThat(serializer.read("flash", serializer.write("flash", flash))).isEqualTo(flash);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 7, 8, 9, 20, 60, 80, 120 })
	void aFileThatIsCutOrSpoiledAnywhereStopsNoStart(int at) throws IOException {
		SessionStore before = store();
		before.create().setAttribute("a", "some text as value");
		before.create().setAttribute("a", "some text as value");
		before.stop();
		byte[] bytes = Files.readAllBytes(file());
		Files.write(file(), Arrays.copyOf(bytes, at));
		store().stop();
		Files.deleteIfExists(file());
		byte[] spoiled = bytes.clone();
		for (int i = at; i < Math.min(at + 4, spoiled.length); i++) {
			spoiled[i] = (byte) 0x7f;
		}
		Files.write(file(), spoiled);
		SessionStore after = store();
		assertThat(after.size()).isLessThanOrEqualTo(2);
		assertThat(Files.exists(file())).isFalse();
	}

	@Test
	void aFileOfSomethingElseStopsNoStart(CapturedOutput output) throws IOException {
		Files.write(file(), "rO0ABX something else".getBytes(StandardCharsets.UTF_8));
		assertThat(store().size()).isZero();
		assertThat(output).contains("Not all sessions can be restored from " + file());
	}

	@Test
	void theFileIsItsOwnersOnly() throws IOException {
		SessionStore before = store();
		before.create();
		before.stop();
		assertThat(Files.getPosixFilePermissions(file())).containsOnly(PosixFilePermission.OWNER_READ,
				PosixFilePermission.OWNER_WRITE);
	}

	@Test
	void withoutSessionsThereIsNoFile() throws IOException {
		store().stop();
		assertThat(Files.list(this.directory)).isEmpty();
	}

	@Test
	void sessionsThatCannotBeSavedEndAsUsual(CapturedOutput output) throws IOException {
		this.listeners.add(new HttpSessionListener() {

			@Override
			public void sessionDestroyed(HttpSessionEvent event) {
				EVENTS.add("destroyed");
			}

		});
		Path occupied = Files.createFile(this.directory.resolve("occupied"));
		SessionStore store = new SessionStore(context(), new SessionSettings(), this.listeners,
				new SessionStorage(-1, occupied.resolve("sessions"), List.of()), this.clock::get);
		store.create();
		store.stop();
		assertThat(EVENTS).containsExactly("destroyed");
		assertThat(output).contains("The sessions cannot be saved and are lost");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "!com.example.*", "maxdepth=1000", "a;b", "*", "**", "com.example**", "mod/com.a" })
	void whatIsNoPatternOfClassesIsRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SessionStorage(-1, null, List.of(pattern)));
	}

	@Test
	void aSessionWithAnotherKindOfIdIsNotTaken() throws IOException {
		new SessionFile(file()).write(List.of(new StoredSession("chosen", 0, 0, 0, 0, false, Map.of())).iterator());
		assertThat(store().size()).isZero();
	}

	private Path file() {
		return this.directory.resolve("sessions");
	}

	private SessionStore store(String... classes) {
		SessionStore store = new SessionStore(context(), new SessionSettings(), this.listeners,
				new SessionStorage(-1, file(), List.of(classes)), this.clock::get);
		store.start();
		return store;
	}

	private static ServletContext context() {
		ServletContext context = mock(ServletContext.class);
		given(context.getClassLoader()).willReturn(SessionArchiveTests.class.getClassLoader());
		return context;
	}

	record Own(String text) implements Serializable {

	}

	static class Traveller implements Serializable, HttpSessionActivationListener {

		private static final long serialVersionUID = 1L;

		@Override
		public void sessionWillPassivate(HttpSessionEvent event) {
			EVENTS.add("leaves " + other(event.getSession()));
		}

		@Override
		public void sessionDidActivate(HttpSessionEvent event) {
			EVENTS.add("arrives " + other(event.getSession()));
		}

		private static Object other(HttpSession session) {
			return session.getAttribute("other");
		}

	}

	static class Failing implements Serializable {

		private static final long serialVersionUID = 1L;

		private void writeObject(ObjectOutputStream out) {
			throw new IllegalStateException("expected by a test");
		}

	}

	static class Gadget implements Serializable {

		private static final long serialVersionUID = 1L;

		private void readObject(java.io.ObjectInputStream in) {
			EVENTS.add("runs");
		}

	}

}
