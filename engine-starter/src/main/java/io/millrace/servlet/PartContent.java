package io.millrace.servlet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The content of a part: in memory up to a threshold, above it in a temporary file.
 * Written by the thread that reads the body, then read by those of the application.
 */
final class PartContent implements MultipartInput.Sink {

	private final Path directory;

	private final int threshold;

	private final long maxSize;

	private long size = 0;

	// The first while it is written, the second afterwards; neither where it is in a
	// file.
	private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream(256);

	private byte @Nullable [] octets = null;

	private @Nullable Path file = null;

	private @Nullable OutputStream fileOutput = null;

	// Whether the file is the application's: then it is not ours to delete.
	private boolean moved = false;

	/**
	 * Create an empty one.
	 * @param directory where a file is created, and the directory too
	 * @param threshold how many octets stay in memory
	 * @param maxSize how many octets it may have, negative for no limit
	 */
	PartContent(Path directory, int threshold, long maxSize) {
		this.directory = directory;
		this.threshold = threshold;
		this.maxSize = maxSize;
	}

	@Override
	public void write(byte[] source, int offset, int length) throws IOException {
		this.size += length;
		if (this.maxSize >= 0 && this.size > this.maxSize) {
			throw new RequestRefusedException(413,
					"A part of the multipart request exceeds the maximum size of " + this.maxSize + " bytes");
		}
		ByteArrayOutputStream buffered = this.memory;
		if (buffered != null && this.size > this.threshold) {
			OutputStream output = openFile();
			buffered.writeTo(output);
			this.memory = null;
			buffered = null;
		}
		OutputStream output = (buffered != null) ? buffered : this.fileOutput;
		if (output != null) {
			output.write(source, offset, length);
		}
	}

	// Not Files.createTempFile: its files are for the owner only, and a file that the
	// application takes over by Part.write is to have the rights of any other.
	private OutputStream openFile() throws IOException {
		Files.createDirectories(this.directory);
		Path created = this.directory.resolve("upload-" + UUID.randomUUID() + ".tmp");
		OutputStream output = Files.newOutputStream(created, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		this.file = created;
		this.fileOutput = output;
		return output;
	}

	/**
	 * There is no more to come.
	 * @throws IOException where the file cannot be completed
	 */
	void finish() throws IOException {
		ByteArrayOutputStream buffered = this.memory;
		this.memory = null;
		if (buffered != null) {
			this.octets = buffered.toByteArray();
		}
		OutputStream output = this.fileOutput;
		this.fileOutput = null;
		if (output != null) {
			output.close();
		}
	}

	/**
	 * How many octets there are.
	 * @return zero or more
	 */
	long size() {
		return this.size;
	}

	/**
	 * Open it for reading, any number of times.
	 * @return the content from its beginning
	 * @throws IOException where it was deleted
	 */
	InputStream open() throws IOException {
		byte[] inMemory = this.octets;
		return (inMemory != null) ? new ByteArrayInputStream(inMemory) : Files.newInputStream(existingFile());
	}

	/**
	 * Write it to a file of the application: a temporary one is moved there.
	 * @param target the file, which is overwritten
	 * @throws IOException where it cannot be written
	 */
	void writeTo(Path target) throws IOException {
		byte[] inMemory = this.octets;
		if (inMemory != null) {
			Files.write(target, inMemory);
		}
		else if (this.moved) {
			Files.copy(existingFile(), target, StandardCopyOption.REPLACE_EXISTING);
		}
		else {
			Files.move(existingFile(), target, StandardCopyOption.REPLACE_EXISTING);
			this.file = target;
			this.moved = true;
		}
	}

	/**
	 * Delete it, but not a file of the application.
	 * @throws IOException where the file cannot be deleted
	 */
	void delete() throws IOException {
		finish();
		this.octets = null;
		Path temporary = this.moved ? null : this.file;
		this.file = null;
		if (temporary != null) {
			Files.deleteIfExists(temporary);
		}
	}

	private Path existingFile() throws IOException {
		Path existing = this.file;
		if (existing == null) {
			throw new NoSuchFileException("The part was deleted");
		}
		return existing;
	}

}
