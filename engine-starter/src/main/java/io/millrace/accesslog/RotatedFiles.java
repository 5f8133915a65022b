package io.millrace.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that were put aside: compresses them, and deletes what nobody wants any more,
 * in a thread that is there only as long as there is something to do.
 */
final class RotatedFiles {

	private static final Logger logger = LoggerFactory.getLogger(RotatedFiles.class);

	private static final String COMPRESSED = ".gz";

	private static final String UNFINISHED = ".gz.part";

	private static final int BUFFER = 64 * 1024;

	private final Path path;

	private final FileRotation rotation;

	private final Pattern names;

	private final ThreadPoolExecutor executor;

	/**
	 * Create it.
	 * @param path the file that lines are written to
	 * @param rotation what becomes of those that were put aside
	 */
	RotatedFiles(Path path, FileRotation rotation) {
		this.path = path;
		this.rotation = rotation;
		this.names = Pattern.compile(Pattern.quote(path.getFileName() + ".") + "(\\d{4}-\\d{2}-\\d{2})\\.(\\d{1,9})(\\"
				+ COMPRESSED + "|\\" + UNFINISHED + ")?");
		this.executor = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
			Thread thread = new Thread(null, task, "millrace-access-log-files", 0, false);
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Put the file aside. It is not open.
	 * @param day the day of its lines
	 * @throws IOException where it stays where it is
	 */
	void putAside(LocalDate day) throws IOException {
		int next = list().stream()
			.filter((file) -> file.day().equals(day))
			.mapToInt((file) -> file.number() + 1)
			.max()
			.orElse(0);
		Files.move(this.path, this.path.resolveSibling(this.path.getFileName() + "." + day + "." + next));
	}

	/**
	 * Compress and delete what is to be. Does not wait for it.
	 * @param today the day that it is
	 */
	void tidy(LocalDate today) {
		this.executor.execute(() -> {
			try {
				deleteOld(today);
				if (this.rotation.compress()) {
					compress();
				}
				deleteLarge();
			}
			catch (InterruptedIOException | ClosedByInterruptException ex) {
				logger.debug("What is left will be done after the next start", ex);
			}
			catch (IOException | RuntimeException ex) {
				logger.warn("The files of the access log beside {} could not be tidied: {}", this.path, ex.toString());
			}
		});
	}

	/** End; what is not done by now is done after the next start. */
	void close() {
		this.executor.shutdownNow();
	}

	private void deleteOld(LocalDate today) throws IOException {
		LocalDate first = (this.rotation.maxHistory() > 0) ? today.minusDays(this.rotation.maxHistory())
				: LocalDate.MIN;
		for (RotatedFile file : list()) {
			if (file.day().isBefore(first) || file.isUnfinished()) {
				Files.deleteIfExists(file.path());
			}
		}
	}

	private void deleteLarge() throws IOException {
		if (this.rotation.totalSizeCap() == 0) {
			return;
		}
		long total = 0;
		List<RotatedFile> youngestFirst = new ArrayList<>(list());
		youngestFirst.sort(Comparator.comparing(RotatedFile::day).thenComparing(RotatedFile::number).reversed());
		for (RotatedFile file : youngestFirst) {
			total += Files.size(file.path());
			// A file is put aside when it is a little larger than it may be: the youngest
			// stays where just one has room.
			if (total > this.rotation.totalSizeCap() && !file.equals(youngestFirst.get(0))) {
				Files.deleteIfExists(file.path());
			}
		}
	}

	private void compress() throws IOException {
		for (RotatedFile file : list()) {
			if (!file.isCompressed()) {
				compress(file.path());
			}
		}
	}

	private static void compress(Path plain) throws IOException {
		Path unfinished = plain.resolveSibling(plain.getFileName() + UNFINISHED);
		try (InputStream in = Files.newInputStream(plain);
				OutputStream out = new GZIPOutputStream(Files.newOutputStream(unfinished), BUFFER)) {
			byte[] buffer = new byte[BUFFER];
			int count;
			while ((count = in.read(buffer)) >= 0) {
				if (Thread.currentThread().isInterrupted()) {
					throw new InterruptedIOException();
				}
				out.write(buffer, 0, count);
			}
		}
		Files.move(unfinished, plain.resolveSibling(plain.getFileName() + COMPRESSED),
				StandardCopyOption.REPLACE_EXISTING);
		Files.delete(plain);
	}

	private List<RotatedFile> list() throws IOException {
		List<RotatedFile> files = new ArrayList<>();
		try (Stream<Path> siblings = Files.list(Objects.requireNonNull(this.path.getParent()))) {
			for (Path sibling : (Iterable<Path>) siblings::iterator) {
				Matcher matcher = this.names.matcher(String.valueOf(sibling.getFileName()));
				if (matcher.matches()) {
					add(files, sibling, matcher);
				}
			}
		}
		return files;
	}

	private static void add(List<RotatedFile> files, Path path, Matcher matcher) {
		try {
			files.add(new RotatedFile(path, LocalDate.parse(matcher.group(1)), Integer.parseInt(matcher.group(2))));
		}
		catch (DateTimeParseException ex) {
			logger.trace("{} is somebody else's", path, ex);
		}
	}

	/**
	 * A file that was put aside.
	 *
	 * @param path where it is
	 * @param day the day of its lines
	 * @param number tells it from others of the day
	 */
	private record RotatedFile(Path path, LocalDate day, int number) {

		boolean isCompressed() {
			return this.path.toString().endsWith(COMPRESSED);
		}

		boolean isUnfinished() {
			return this.path.toString().endsWith(UNFINISHED);
		}

	}

}
