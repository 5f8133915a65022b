package io.millrace.core.transport;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests of {@link InheritedSocket}: which descriptor is meant.
 */
class InheritedSocketTests {

	private static final Map<String, String> SYSTEMD = Map.of("LISTEN_FDS", "3", "LISTEN_PID", "42", "LISTEN_FDNAMES",
			"web:admin:app.socket");

	@ParameterizedTest
	@CsvSource({ "web, 3", "admin, 4", "app.socket, 5", "3, 3", "5, 5" })
	void aSocketHasANameAndANumber(String wanted, int descriptor) throws Exception {
		assertThat(InheritedSocket.descriptor(wanted, SYSTEMD, 42)).isEqualTo(descriptor);
	}

	@ParameterizedTest
	@ValueSource(strings = { "other", "6", "2", "0", "web:admin" })
	void oneThatIsNotThereIsRefused(String wanted) {
		assertThatIOException().isThrownBy(() -> InheritedSocket.descriptor(wanted, SYSTEMD, 42))
			.withMessageContaining("[web, admin, app.socket]");
	}

	@Test
	void socketsOfAnotherProcessAreNotTaken() {
		assertThatIOException().isThrownBy(() -> InheritedSocket.descriptor("web", SYSTEMD, 43))
			.withMessageContaining("process 42")
			.withMessageContaining("exec");
	}

	@Test
	void withoutSystemdANumberIsEnough() throws Exception {
		assertThat(InheritedSocket.descriptor("3", Map.of(), 42)).isEqualTo(3);
		assertThatIOException().isThrownBy(() -> InheritedSocket.descriptor("web", Map.of(), 42))
			.withMessageContaining("LISTEN_FDS is not set");
		assertThatIOException().isThrownBy(() -> InheritedSocket.descriptor("2", Map.of(), 42));
	}

	@Test
	void namesMayBeMissing() throws Exception {
		Map<String, String> unnamed = Map.of("LISTEN_FDS", "1", "LISTEN_PID", "42");
		assertThat(InheritedSocket.descriptor("3", unnamed, 42)).isEqualTo(3);
		assertThatIOException().isThrownBy(() -> InheritedSocket.descriptor("web", unnamed, 42));
		assertThatIOException()
			.isThrownBy(() -> InheritedSocket.descriptor("3", Map.of("LISTEN_FDS", "x", "LISTEN_PID", "42"), 42));
	}

}
