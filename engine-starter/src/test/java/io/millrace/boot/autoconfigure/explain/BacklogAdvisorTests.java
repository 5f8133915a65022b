package io.millrace.boot.autoconfigure.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogAdvisorTests {

	private final BacklogAdvisor advisor = new BacklogAdvisor();

	@TempDir
	private Path root;

	@Test
	void aBacklogThatTheKernelCutsIsNamed() throws IOException {
		somaxconn(128);
		assertThat(new TestSituation().root(this.root).ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("backlog");
			assertThat(advice.severity()).isEqualTo(Advice.Severity.WARNING);
			assertThat(advice.found()).contains("4096", "128");
			assertThat(advice.remedy()).contains("net.core.somaxconn=4096");
		});
	}

	@Test
	void oneThatTheKernelKeepsIsNot() throws IOException {
		somaxconn(4096);
		assertThat(new TestSituation().root(this.root).ids(this.advisor)).isEmpty();
	}

	@Test
	void aSmallOneIsNamedEverywhere() {
		assertThat(new TestSituation().listener(50, 0, 0).ids(this.advisor)).containsExactly("backlog-small");
	}

	private void somaxconn(int value) throws IOException {
		Path file = this.root.resolve("proc/sys/net/core/somaxconn");
		Files.createDirectories(file.getParent());
		Files.writeString(file, value + "\n");
	}

}
