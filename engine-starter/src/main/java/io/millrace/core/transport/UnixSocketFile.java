package io.millrace.core.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix domain socket. Whoever listens makes it, and Netty removes it when
 * the socket is closed; one whose process was killed stays.
 *
 * @param path the file
 */
record UnixSocketFile(Path path) {

	// struct sockaddr_un of Linux, without the zero at its end (unix(7)).
	private static final int MAX_PATH = 107;

	private static final int TYPE = 0170000;

	private static final int SOCKET = 0140000;

	/**
	 * Make room: remove the file if it is a socket on which nobody listens.
	 * @throws IOException saying why there can be no such socket; a {@link BindException}
	 * where somebody listens
	 */
	void prepare() throws IOException {
		if (this.path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
			throw new IOException("The path is longer than " + MAX_PATH + " bytes, which a socket cannot have");
		}
		Path directory = this.path.toAbsolutePath().getParent();
		if (directory == null || !Files.isDirectory(directory)) {
			throw new NoSuchFileException("There is no directory " + directory);
		}
		if (!Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		if (!isSocket()) {
			throw new IOException("There is a file already, and it is no socket");
		}
		if (isListening()) {
			throw new BindException("Address already in use: another process listens on " + this.path);
		}
		Files.deleteIfExists(this.path);
	}

	private boolean isSocket() throws IOException {
		if (!this.path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
			// Windows, where a socket is a reparse point.
			return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther();
		}
		int mode = (Integer) Files.getAttribute(this.path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		return (mode & TYPE) == SOCKET;
	}

	// Whatever is not a clear no may be somebody whose backlog is full, or whom we may
	// not connect to.
	private boolean isListening() throws IOException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			probe.configureBlocking(false);
			probe.connect(UnixDomainSocketAddress.of(this.path));
			return true;
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	/**
	 * Say who may connect.
	 * @param permissions the permissions, {@code null} to leave them as they are
	 * @throws IOException where they cannot be set
	 */
	void permit(@Nullable Set<PosixFilePermission> permissions) throws IOException {
		if (permissions != null) {
			Files.setPosixFilePermissions(this.path, permissions);
		}
	}

}
