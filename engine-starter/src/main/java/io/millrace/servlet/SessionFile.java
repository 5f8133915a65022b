package io.millrace.servlet;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which sessions outlive their application. Who can read it can take over the
 * sessions, so it is readable by its owner only. It is read once: a crash later does not
 * bring back what was signed out since.
 */
final class SessionFile {

	private static final Logger logger = LoggerFactory.getLogger(SessionFile.class);

	private static final long FORMAT = 0x4D696C6C72616301L;

	private final Path file;

	SessionFile(Path file) {
		this.file = file;
	}

	/**
	 * Write sessions; the file is there as a whole or not at all.
	 * @param sessions each asked for when the one before is written
	 * @throws IOException where the file cannot be written
	 */
	void write(Iterator<StoredSession> sessions) throws IOException {
		Path directory = this.file.toAbsolutePath().getParent();
		if (directory == null) {
			throw new IOException("There is no directory for " + this.file);
		}
		Files.createDirectories(directory);
		Path draft = Files.createTempFile(directory, "sessions", ".tmp", ownerOnly());
		try {
			try (DataOutputStream out = new DataOutputStream(
					new BufferedOutputStream(Files.newOutputStream(draft), 64 * 1024))) {
				out.writeLong(FORMAT);
				while (sessions.hasNext()) {
					out.writeBoolean(true);
					write(sessions.next(), out);
				}
				out.writeBoolean(false);
			}
			Files.move(draft, this.file, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(draft);
		}
	}

	private static FileAttribute<?>[] ownerOnly() {
		if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
			return new FileAttribute<?>[0];
		}
		return new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) };
	}

	/**
	 * Read the sessions and delete the file. What is malformed ends the reading with a
	 * line in the log; what came before it counts.
	 * @param sessions takes each session
	 */
	void read(Consumer<StoredSession> sessions) {
		try (DataInputStream in = new DataInputStream(
				new BufferedInputStream(Files.newInputStream(this.file), 64 * 1024))) {
			long size = Files.size(this.file);
			if (in.readLong() != FORMAT) {
				throw new IOException("it is not of this format");
			}
			while (in.readBoolean()) {
				sessions.accept(read(in, size));
			}
		}
		catch (NoSuchFileException ex) {
			return;
		}
		catch (IOException ex) {
			logger.warn("Not all sessions can be restored from {}: {}", this.file, ex.toString());
		}
		delete();
	}

	private void delete() {
		try {
			Files.deleteIfExists(this.file);
		}
		catch (IOException ex) {
			logger.warn("The sessions were restored, but {} cannot be deleted: {}", this.file, ex.toString());
		}
	}

	private static void write(StoredSession session, DataOutputStream out) throws IOException {
		out.writeUTF(session.id());
		out.writeLong(session.creationTime());
		out.writeLong(session.lastAccessedTime());
		out.writeLong(session.idleSince());
		out.writeInt(session.maxInactiveInterval());
		out.writeBoolean(session.fresh());
		out.writeInt(session.attributes().size());
		for (Map.Entry<String, byte[]> attribute : session.attributes().entrySet()) {
			writeBytes(attribute.getKey().getBytes(StandardCharsets.UTF_8), out);
			writeBytes(attribute.getValue(), out);
		}
	}

	private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static StoredSession read(DataInputStream in, long size) throws IOException {
		String id = in.readUTF();
		long creationTime = in.readLong();
		long lastAccessedTime = in.readLong();
		long idleSince = in.readLong();
		int maxInactiveInterval = in.readInt();
		boolean fresh = in.readBoolean();
		Map<String, byte[]> attributes = new LinkedHashMap<>();
		for (int count = in.readInt(); count > 0; count--) {
			String name = new String(readBytes(in, size), StandardCharsets.UTF_8);
			attributes.put(name, readBytes(in, size));
		}
		return new StoredSession(id, creationTime, lastAccessedTime, idleSince, maxInactiveInterval, fresh, attributes);
	}

	private static byte[] readBytes(DataInputStream in, long size) throws IOException {
		int length = in.readInt();
		if (length < 0 || length > size) {
			throw new IOException("a length is wrong");
		}
		byte[] bytes = new byte[length];
		in.readFully(bytes);
		return bytes;
	}

}
