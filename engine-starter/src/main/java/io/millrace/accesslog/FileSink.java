package io.millrace.accesslog;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are added to, put aside when its day is over or it is large enough.
 * Whoever else moves, deletes or truncates it is noticed within about a second. What is
 * no regular file, a pipe for example, is only written to. For one process at a time.
 */
public final class FileSink implements LineSink {

	private static final Logger logger = LoggerFactory.getLogger(FileSink.class);

	// After a file could not be put aside.
	private static final Duration RETRY = Duration.ofMinutes(1);

	private final Path path;

	private final FileRotation rotation;

	private final RotatedFiles rotated;

	private final Clock clock;

	private @Nullable OutputStream out;

	private @Nullable Object key;

	private boolean regular;

	private long size;

	// Of the lines in the file.
	private LocalDate day;

	private Instant rotateFrom = Instant.MIN;

	/**
	 * Open the file, with the directories that it is in. What is left of another day is
	 * put aside.
	 * @param path the file
	 * @param rotation when it is put aside
	 * @throws IOException where no line can be written to it
	 */
	public FileSink(Path path, FileRotation rotation) throws IOException {
		this(path, rotation, Clock.systemDefaultZone());
	}

	FileSink(Path path, FileRotation rotation, Clock clock) throws IOException {
		this.path = path.toAbsolutePath();
		if (this.path.getFileName() == null) {
			throw new IOException(path + " is a directory");
		}
		this.rotation = rotation;
		this.clock = clock;
		this.rotated = new RotatedFiles(this.path, rotation);
		this.day = LocalDate.now(clock);
		open();
		rotateIfDue();
		if (rotation.isOn()) {
			this.rotated.tidy(this.day);
		}
	}

	@Override
	public void write(byte[] lines, int length) throws IOException {
		rotateIfDue();
		try {
			opened().write(lines, 0, length);
			this.size += length;
		}
		catch (IOException ex) {
			abandon();
			throw ex;
		}
	}

	@Override
	public void tick() throws IOException {
		if (this.out != null && this.regular && isElsewhere()) {
			abandon();
		}
		opened();
		rotateIfDue();
	}

	@Override
	public void close() throws IOException {
		this.rotated.close();
		OutputStream open = this.out;
		this.out = null;
		if (open != null) {
			open.close();
		}
	}

	private OutputStream opened() throws IOException {
		return (this.out != null) ? this.out : open();
	}

	private OutputStream open() throws IOException {
		Files.createDirectories(Objects.requireNonNull(this.path.getParent()));
		OutputStream open = new FileOutputStream(this.path.toFile(), true);
		try {
			BasicFileAttributes attributes = Files.readAttributes(this.path, BasicFileAttributes.class);
			this.regular = attributes.isRegularFile();
			this.key = attributes.fileKey();
			this.size = this.regular ? attributes.size() : 0;
			this.day = LocalDate.now(this.clock);
			if (this.size > 0) {
				this.day = LocalDate.ofInstant(attributes.lastModifiedTime().toInstant(), this.clock.getZone());
				endLine(open);
			}
		}
		catch (IOException ex) {
			open.close();
			throw ex;
		}
		this.out = open;
		return open;
	}

	// The last one may have been cut by a full disk, or with the process.
	private void endLine(OutputStream open) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(this.path.toFile(), "r")) {
			file.seek(this.size - 1);
			if (file.read() != '\n') {
				open.write('\n');
				this.size++;
			}
		}
	}

	private boolean isElsewhere() {
		try {
			BasicFileAttributes attributes = Files.readAttributes(this.path, BasicFileAttributes.class);
			this.size = attributes.size();
			return !Objects.equals(attributes.fileKey(), this.key);
		}
		catch (IOException ex) {
			// If it cannot be opened either, that says why.
			return true;
		}
	}

	private void abandon() {
		OutputStream open = this.out;
		this.out = null;
		try {
			if (open != null) {
				open.close();
			}
		}
		catch (IOException ex) {
			logger.debug("{} did not close", this.path, ex);
		}
	}

	private void rotateIfDue() throws IOException {
		LocalDate today = LocalDate.now(this.clock);
		boolean over = this.rotation.daily() && !this.day.equals(today);
		boolean large = this.rotation.maxSize() > 0 && this.size >= this.rotation.maxSize();
		if (!this.regular || !(over || large)) {
			return;
		}
		if (this.size == 0) {
			this.day = today;
		}
		else if (!this.clock.instant().isBefore(this.rotateFrom)) {
			rotate(today);
		}
	}

	private void rotate(LocalDate today) throws IOException {
		abandon();
		LocalDate of = this.day;
		try {
			this.rotated.putAside(of);
			this.rotated.tidy(today);
		}
		catch (IOException ex) {
			this.rotateFrom = this.clock.instant().plus(RETRY);
			logger.warn("{} could not be put aside and is written on to: {}", this.path, ex.toString());
			open();
			// It was written to since, which does not make its first lines younger.
			this.day = of;
			return;
		}
		open();
	}

}
