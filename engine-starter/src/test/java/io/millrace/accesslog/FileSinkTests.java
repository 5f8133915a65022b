package io.millrace.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@ExtendWith(OutputCaptureExtension.class)
class FileSinkTests {

	private static final FileRotation DAILY = new FileRotation(true, 0, 0, 0, false);

	@TempDir
	Path directory;

	private final TestClock clock = new TestClock();

	private Path file() {
		return this.directory.resolve("access.log");
	}

	private FileSink open(FileRotation rotation) throws IOException {
		return new FileSink(file(), rotation, this.clock);
	}

	private static void write(FileSink sink, String lines) throws IOException {
		byte[] bytes = lines.getBytes(StandardCharsets.US_ASCII);
		sink.write(bytes, bytes.length);
	}

	private List<String> names() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	private void awaitNames(String... names) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(names()).containsExactlyInAnyOrder(names));
	}

	private Path put(String name, String content) throws IOException {
		return Files.writeString(this.directory.resolve(name), content);
	}

	@Test
	void linesAreAddedToTheFileAndItsDirectoriesAreMade() throws IOException {
		Path file = this.directory.resolve("a/b/access.log");
		for (String line : List.of("one\n", "two\n")) {
			FileSink sink = new FileSink(file, FileRotation.NONE);
			write(sink, line);
			sink.close();
		}
		assertThat(file).hasContent("one\ntwo\n");
	}

	@Test
	void aLineThatWasCutIsEndedFirst() throws IOException {
		put("access.log", "whole\ncut");
		FileSink sink = open(FileRotation.NONE);
		write(sink, "next\n");
		sink.close();
		assertThat(file()).hasContent("whole\ncut\nnext\n");
	}

	@Test
	void eachDayHasItsFile() throws IOException {
		FileSink sink = open(DAILY);
		LocalDate first = this.clock.today();
		write(sink, "monday\n");
		this.clock.forward(Duration.ofDays(1));
		write(sink, "tuesday\n");
		write(sink, "tuesday\n");
		this.clock.forward(Duration.ofDays(1));
		sink.tick();
		assertThat(file()).isEmptyFile();
		this.clock.forward(Duration.ofDays(1));
		sink.tick();
		write(sink, "thursday\n");
		sink.close();
		assertThat(names()).containsExactly("access.log", "access.log." + first + ".0",
				"access.log." + first.plusDays(1) + ".0");
		assertThat(this.directory.resolve("access.log." + first + ".0")).hasContent("monday\n");
		assertThat(this.directory.resolve("access.log." + first.plusDays(1) + ".0")).hasContent("tuesday\ntuesday\n");
		assertThat(file()).hasContent("thursday\n");
	}

	@Test
	void whatIsLeftOfAnotherDayIsPutAsideAtTheStart() throws IOException {
		put("access.log", "old\n");
		Instant then = this.clock.instant().minus(Duration.ofDays(3));
		Files.setLastModifiedTime(file(), FileTime.from(then));
		open(DAILY).close();
		assertThat(names()).containsExactly("access.log",
				"access.log." + LocalDate.ofInstant(then, ZoneOffset.UTC) + ".0");
		assertThat(file()).isEmptyFile();
	}

	@Test
	void aFileIsPutAsideWhenItIsLargeEnough() throws IOException {
		put("access.log." + this.clock.today() + ".7.gz", "somebody's");
		FileSink sink = open(new FileRotation(false, 10, 0, 0, false));
		for (int i = 0; i < 5; i++) {
			write(sink, "line " + i + "\n");
		}
		sink.close();
		String prefix = "access.log." + this.clock.today();
		assertThat(names()).containsExactly("access.log", prefix + ".7.gz", prefix + ".8", prefix + ".9");
		assertThat(this.directory.resolve(prefix + ".8")).hasContent("line 0\nline 1\n");
		assertThat(file()).hasContent("line 4\n");
	}

	@Test
	void whatWasPutAsideIsCompressed() throws IOException {
		String left = "access.log." + this.clock.today().minusDays(1) + ".0";
		put(left, "left by somebody who was killed\n");
		put(left.replace(".0", ".1") + ".gz.part", "half");
		FileSink sink = open(new FileRotation(false, 5, 0, 0, true));
		write(sink, "one\ntwo\n");
		write(sink, "three\n");
		String aside = "access.log." + this.clock.today() + ".0.gz";
		awaitNames("access.log", left + ".gz", aside);
		sink.close();
		try (InputStream in = new GZIPInputStream(Files.newInputStream(this.directory.resolve(aside)))) {
			assertThat(in).hasContent("one\ntwo\n");
		}
	}

	@Test
	void whatIsTooOldIsDeletedAndNothingElse() throws IOException {
		LocalDate today = this.clock.today();
		put("access.log." + today.minusDays(8) + ".0", "too old");
		put("access.log." + today.minusDays(30) + ".3.gz", "too old");
		put("access.log." + today.minusDays(7) + ".0.gz", "kept");
		put("access.log." + today.minusDays(30) + ".bak", "of somebody else");
		put("access.log.2020-99-99.0", "of somebody else");
		put("error.log." + today.minusDays(30) + ".0", "of somebody else");
		FileSink sink = open(new FileRotation(true, 0, 7, 0, true));
		awaitNames("access.log", "access.log." + today.minusDays(30) + ".bak",
				"access.log." + today.minusDays(7) + ".0.gz", "access.log.2020-99-99.0",
				"error.log." + today.minusDays(30) + ".0");
		sink.close();
	}

	@Test
	void theOldestGoWhereAllTogetherAreTooLarge() throws IOException {
		LocalDate today = this.clock.today();
		for (int i = 1; i <= 4; i++) {
			put("access.log." + today.minusDays(i) + ".0", "x".repeat(100));
		}
		put("access.log." + today.minusDays(1) + ".10", "x".repeat(100));
		FileSink sink = open(new FileRotation(true, 0, 0, 320, false));
		awaitNames("access.log", "access.log." + today.minusDays(2) + ".0", "access.log." + today.minusDays(1) + ".0",
				"access.log." + today.minusDays(1) + ".10");
		sink.close();
	}

	@Test
	void aFileThatSomebodyMovedOrDeletedIsMadeAnew() throws IOException {
		FileSink sink = open(FileRotation.NONE);
		write(sink, "one\n");
		Files.move(file(), this.directory.resolve("moved.log"));
		write(sink, "two\n");
		sink.tick();
		assertThat(file()).isEmptyFile();
		write(sink, "three\n");
		Files.delete(file());
		sink.tick();
		write(sink, "four\n");
		sink.tick();
		Files.move(file(), this.directory.resolve("moved again.log"));
		put("access.log", "made by somebody\n");
		sink.tick();
		write(sink, "five\n");
		sink.close();
		assertThat(this.directory.resolve("moved.log")).hasContent("one\ntwo\n");
		assertThat(this.directory.resolve("moved again.log")).hasContent("four\n");
		assertThat(file()).hasContent("made by somebody\nfive\n");
	}

	@Test
	void aFileThatSomebodyTruncatesBeginsAnew() throws IOException {
		FileSink sink = open(new FileRotation(false, 20, 0, 0, false));
		write(sink, "x".repeat(15) + "\n");
		Files.write(file(), new byte[0]);
		sink.tick();
		write(sink, "one\n");
		write(sink, "two\n");
		write(sink, "three\n");
		sink.close();
		assertThat(names()).containsExactly("access.log");
		assertThat(file()).hasContent("one\ntwo\nthree\n");
	}

	@Test
	void whereAFileCannotBePutAsideItIsWrittenOnTo(CapturedOutput output) throws IOException {
		FileSink sink = open(DAILY);
		write(sink, "one\n");
		String aside = "access.log." + this.clock.today() + ".0";
		// The number that would be next does not fit any more.
		put("access.log." + this.clock.today() + ".999999999", "");
		Files.createDirectory(this.directory.resolve("access.log." + this.clock.today() + ".1000000000"));
		this.clock.forward(Duration.ofDays(1));
		write(sink, "two\n");
		write(sink, "three\n");
		sink.close();
		assertThat(file()).hasContent("one\ntwo\nthree\n");
		assertThat(output).containsOnlyOnce("could not be put aside and is written on to");
		assertThat(names()).doesNotContain(aside);
	}

	@Test
	void whatCouldNotBePutAsideIsStillOfItsDayLater() throws IOException {
		FileSink sink = open(DAILY);
		write(sink, "one\n");
		LocalDate first = this.clock.today();
		Path last = put("access.log." + first + ".999999999", "");
		Path next = Files.createDirectory(this.directory.resolve("access.log." + first + ".1000000000"));
		this.clock.toTomorrow();
		for (String line : List.of("two\n", "three\n")) {
			write(sink, line);
			Files.setLastModifiedTime(file(), FileTime.from(this.clock.instant()));
			this.clock.forward(Duration.ofMinutes(2));
		}
		Files.delete(last);
		Files.delete(next);
		write(sink, "four\n");
		sink.close();
		assertThat(names()).containsExactly("access.log", "access.log." + first + ".0");
		assertThat(this.directory.resolve("access.log." + first + ".0")).hasContent("one\ntwo\nthree\n");
		assertThat(file()).hasContent("four\n");
	}

	@Test
	void theYoungestStaysHoweverLargeItIs() throws IOException {
		LocalDate today = this.clock.today();
		put("access.log." + today.minusDays(1) + ".0", "x".repeat(100));
		put("access.log." + today.minusDays(1) + ".1", "x".repeat(100));
		FileSink sink = open(new FileRotation(true, 90, 0, 90, false));
		awaitNames("access.log", "access.log." + today.minusDays(1) + ".1");
		sink.close();
	}

	@Test
	void whereNoLineCanBeWrittenThereIsNoSink() throws IOException {
		Path file = put("file", "");
		assertThatIOException().isThrownBy(() -> new FileSink(this.directory, FileRotation.NONE));
		assertThatIOException().isThrownBy(() -> new FileSink(file.resolve("access.log"), FileRotation.NONE));
		assertThatIOException().isThrownBy(() -> new FileSink(Path.of("/"), FileRotation.NONE));
	}

	@Test
	void linesAreWrittenAgainWhenTheyCanBe() throws IOException {
		Path logs = this.directory.resolve("logs");
		FileSink sink = new FileSink(logs.resolve("access.log"), FileRotation.NONE);
		Files.delete(logs.resolve("access.log"));
		Files.delete(logs);
		Files.writeString(logs, "a file where the directory was");
		assertThatIOException().isThrownBy(sink::tick);
		assertThatIOException().isThrownBy(() -> write(sink, "lost\n"));
		Files.delete(logs);
		write(sink, "kept\n");
		sink.close();
		assertThat(logs.resolve("access.log")).hasContent("kept\n");
	}

	/** Begins now, since files know the time too. */
	private static final class TestClock extends Clock {

		private Instant now = Instant.now();

		void forward(Duration time) {
			this.now = this.now.plus(time);
		}

		void toTomorrow() {
			this.now = today().plusDays(1).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC);
		}

		LocalDate today() {
			return LocalDate.ofInstant(this.now, ZoneOffset.UTC);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return this.now;
		}

	}

}
