package io.millrace.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.millrace.core.observe.ObservedKinds;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which kinds there are of what is counted by kind. They are what meters and alerts are
 * named by, so a new one has to be written down: in {@code EngineObserver}, in the
 * documentation of the meters, and here.
 */
class EngineKindsTests {

	private static final Path SOURCES = Path.of("src/main/java/io/millrace/core");

	// A kind that is written where it is told would not be gathered.
	private static final Pattern LITERAL = Pattern
		.compile("\\.(refused|timedOut|protocolError|stuck|acceptFailed|connectionRefused)\\(\"[^)]*\\)");

	@Test
	void theyAreTheseAndNoOthers() {
		ObservedKinds kinds = EngineKinds.all();
		assertThat(kinds.connectionsRefused()).containsExactlyInAnyOrder("per_ip", "untrusted_proxy", "proxy_header");
		assertThat(kinds.acceptFailures()).containsExactly("descriptors", "other");
		assertThat(kinds.refused()).containsExactlyInAnyOrder("limit", "full", "waited", "displaced", "route", "rate");
		assertThat(kinds.timeouts()).containsExactlyInAnyOrder("header", "body", "request", "write", "idle",
				"half_closed", "upgraded");
		assertThat(kinds.protocolErrors()).containsExactlyInAnyOrder("syntax", "framing", "limit", "unsupported",
				"timeout", "flood", "websocket");
	}

	@Test
	void nobodyTellsAKindThatIsNotGathered() throws IOException {
		try (Stream<Path> sources = Files.walk(SOURCES)) {
			List<String> literals = sources.filter((path) -> path.toString().endsWith(".java"))
				.flatMap(EngineKindsTests::literals)
				.toList();
			assertThat(literals).isEmpty();
		}
	}

	private static Stream<String> literals(Path source) {
		try {
			return LITERAL.matcher(Files.readString(source)).results().map(MatchResult::group);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
