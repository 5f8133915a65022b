package io.millrace.core.transport;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Where to listen.
 */
public sealed interface ListenerAddress {

	/**
	 * The address as logs have it, before anything is bound.
	 * @return for example {@code port 8443}
	 */
	String describe();

	/**
	 * A port of TCP.
	 *
	 * @param socket address and port; port 0 takes any that is free
	 */
	record Tcp(InetSocketAddress socket) implements ListenerAddress {

		@Override
		public String describe() {
			return "port " + this.socket.getPort();
		}

	}

	/**
	 * A Unix domain socket. A file that another process has left behind is removed, if it
	 * is a socket and nobody listens on it; the own file is removed when the socket is
	 * closed.
	 *
	 * @param path the file
	 * @param permissions who may connect: a client needs the permission to write;
	 * {@code null} for what the process gives its files (umask)
	 */
	record Unix(Path path, @Nullable Set<PosixFilePermission> permissions) implements ListenerAddress {

		@Override
		public String describe() {
			return "Unix socket " + this.path;
		}

	}

	/**
	 * A listening socket that the process was started with, as systemd does it
	 * (sd_listen_fds(3)).
	 *
	 * @param socket its name, as {@code FileDescriptorName=} of the socket unit says, or
	 * the number of its descriptor
	 */
	record Inherited(String socket) implements ListenerAddress {

		@Override
		public String describe() {
			return "inherited socket " + this.socket;
		}

	}

}
