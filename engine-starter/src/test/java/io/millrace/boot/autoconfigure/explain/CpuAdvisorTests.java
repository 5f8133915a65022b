package io.millrace.boot.autoconfigure.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CpuAdvisorTests {

	private final CpuAdvisor advisor = new CpuAdvisor();

	@TempDir
	private Path root;

	@Test
	void moreProcessorsThanTheGroupAllowsAreNamed() throws IOException {
		write("cpu.max", "200000 100000");
		TestSituation situation = new TestSituation().root(this.root).processors(16).eventLoops(16);
		assertThat(situation.ids(this.advisor)).containsExactly("cpu-limit", "event-loops");
		assertThat(situation.ask(this.advisor).get(0).remedy()).contains("-XX:ActiveProcessorCount=2");
	}

	@Test
	void aPartOfAProcessorIsNamed() throws IOException {
		write("cpu.max", "50000 100000");
		assertThat(new TestSituation().root(this.root).processors(1).eventLoops(1).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("cpu-fraction");
				assertThat(advice.found()).contains("0.50");
			});
	}

	@Test
	void oneThatIsOftenStoppedIsNamed() throws IOException {
		write("cpu.max", "400000 100000");
		write("cpu.stat", "nr_periods 1000\nnr_throttled 300");
		assertThat(new TestSituation().root(this.root).ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("cpu-throttled");
			assertThat(advice.found()).contains("30 %");
		});
	}

	@Test
	void moreEventLoopsThanProcessorsAreNamed() {
		assertThat(new TestSituation().processors(2).eventLoops(64).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("event-loops");
				assertThat(advice.found()).contains("64", "2 processors");
			});
	}

	@Test
	void whatIsProposedIsNotWhatIsSetAlready() throws IOException {
		TestSituation situation = new TestSituation().processors(8).eventLoops(16).set("millrace.event-loops", 16);
		assertThat(situation.ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.remedy()).startsWith("millrace.event-loops=0"));
		assertThat(situation.set("millrace.event-loops", 0).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.remedy()).isEqualTo("millrace.event-loops=8"));
		write("cpu.max", "150000 100000");
		assertThat(new TestSituation().root(this.root).processors(8).eventLoops(8).ask(this.advisor)).last()
			.satisfies((advice) -> assertThat(advice.remedy()).isEqualTo("millrace.event-loops=2"));
	}

	@Test
	void tooFewEventLoopsForAReactiveApplicationAreNamed() {
		TestSituation situation = new TestSituation().set("millrace.event-loops", 1).eventLoops(1);
		assertThat(situation.ids(this.advisor)).isEmpty();
		assertThat(situation.reactive().ids(this.advisor)).containsExactly("event-loops-few");
	}

	@Test
	void asManyAsThereAreIsRight() throws IOException {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
		write("cpu.max", "350000 100000");
		write("cpu.stat", "nr_periods 1000\nnr_throttled 3");
		assertThat(new TestSituation().root(this.root).ids(this.advisor)).isEmpty();
	}

	private void write(String name, String text) throws IOException {
		Path file = this.root.resolve("sys/fs/cgroup").resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

}
