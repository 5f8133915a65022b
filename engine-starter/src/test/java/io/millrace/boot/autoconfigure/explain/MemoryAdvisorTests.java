package io.millrace.boot.autoconfigure.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryAdvisorTests {

	private static final Jvm SMALL = new Jvm(25, 256L << 20, 256L << 20, 1 << 20);

	private final MemoryAdvisor advisor = new MemoryAdvisor();

	@TempDir
	private Path root;

	@Test
	void moreConnectionsThanTheHeapHoldsAreNamed() {
		TestSituation situation = new TestSituation().jvm(SMALL).maxBodySize(1024).listener(4096, 100_000, 0);
		assertThat(situation.ids(this.advisor)).containsExactly("heap-connections");
		assertThat(situation.listener(4096, 10_000, 0).ids(this.advisor)).containsExactly("direct-memory-connections");
		assertThat(situation.listener(4096, 1_000, 0).ids(this.advisor)).isEmpty();
	}

	@Test
	void bodiesThatTheHeapDoesNotHoldAreNamed() {
		TestSituation situation = new TestSituation().jvm(SMALL);
		assertThat(situation.maxBodySize(0).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.severity()).isEqualTo(Advice.Severity.INFO));
		assertThat(situation.maxBodySize(1L << 30).ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("body-size");
			assertThat(advice.severity()).isEqualTo(Advice.Severity.WARNING);
			assertThat(advice.found()).contains("1GB", "256MB");
			assertThat(advice.remedy()).contains("millrace.max-request-body-size=16MB");
		});
		assertThat(situation.maxBodySize(10 << 20).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.why()).contains("room for 25"));
		assertThat(situation.maxBodySize(1 << 20).ids(this.advisor)).isEmpty();
		situation.config.admission(Admission.fixed(20));
		assertThat(situation.maxBodySize(10 << 20).ids(this.advisor)).isEmpty();
	}

	@Test
	void aHeapAsLargeAsTheContainerIsNamed() throws IOException {
		memory(256L << 20);
		assertThat(new TestSituation().root(this.root).jvm(SMALL).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("heap-container");
				assertThat(advice.remedy()).contains("-Xmx153m");
			});
	}

	@Test
	void moreThreadsThanTheContainerHoldsAreNamed() throws IOException {
		memory(512L << 20);
		TestSituation situation = new TestSituation().root(this.root).jvm(SMALL).maxBodySize(1024);
		assertThat(situation.ids(this.advisor)).isEmpty();
		assertThat(situation.worker(WorkerMode.POOL, 800, 10_000).ids(this.advisor)).containsExactly("thread-memory");
		assertThat(situation.worker(WorkerMode.VIRTUAL, 800, 10_000).ids(this.advisor)).isEmpty();
	}

	@Test
	void theStackSizeOfTheCommandLineIsUnderstood() {
		assertThat(Jvm.bytes("512k")).isEqualTo(512 << 10);
		assertThat(Jvm.bytes("2M")).isEqualTo(2 << 20);
		assertThat(Jvm.bytes("1048576")).isEqualTo(1 << 20);
	}

	private void memory(long bytes) throws IOException {
		Path file = this.root.resolve("sys/fs/cgroup/memory.max");
		Files.createDirectories(file.getParent());
		Files.writeString(file, Long.toString(bytes));
	}

}
