package io.millrace.core.transport;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.netty.channel.ChannelException;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Socket;

/**
 * A listening socket that the process was started with, as sd_listen_fds(3) describes it:
 * descriptors from 3 on, {@code LISTEN_FDS} of them, for the process {@code LISTEN_PID},
 * with the names {@code LISTEN_FDNAMES}. Without these variables a descriptor can be
 * named by its number. It is closed with its listener, and cannot be opened again.
 */
final class InheritedSocket {

	private static final int FIRST = 3;

	// Of Linux: asm-generic/socket.h.
	private static final int SOL_SOCKET = 1;

	private static final int SO_TYPE = 3;

	private static final int SO_ACCEPTCONN = 30;

	private static final int SO_DOMAIN = 39;

	private static final int AF_UNIX = 1;

	private static final int AF_INET = 2;

	private static final int AF_INET6 = 10;

	private static final int SOCK_STREAM = 1;

	// Those that this process has had: their descriptors are closed, and may be something
	// else by now.
	private static final Set<Integer> takenOver = new HashSet<>();

	private final int descriptor;

	private final boolean unix;

	private InheritedSocket(int descriptor, boolean unix) {
		this.descriptor = descriptor;
		this.unix = unix;
	}

	/**
	 * Find the socket, which is found once in a process.
	 * @param wanted its name, or the number of its descriptor
	 * @return the socket
	 * @throws IOException saying why there is none
	 */
	static synchronized InheritedSocket find(String wanted) throws IOException {
		int descriptor = descriptor(wanted, System.getenv(), ProcessHandle.current().pid());
		if (takenOver.contains(descriptor)) {
			throw new IOException("The socket was taken over before, and is closed with its listener: to listen on it "
					+ "again the process has to be started again");
		}
		int family;
		try {
			// Netty's constructor asks for its family.
			Socket socket = new Socket(descriptor);
			family = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
			boolean listening = socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) != 0;
			boolean stream = socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_STREAM;
			if (!listening || !stream || (family != AF_UNIX && family != AF_INET && family != AF_INET6)) {
				throw new IOException("Descriptor " + descriptor + " is no listening socket of TCP or of a Unix path");
			}
		}
		catch (IOException | ChannelException ex) {
			throw new IOException("Descriptor " + descriptor + " cannot be taken over: " + ex.getMessage(), ex);
		}
		takenOver.add(descriptor);
		return new InheritedSocket(descriptor, family == AF_UNIX);
	}

	/**
	 * Find the number of a descriptor.
	 * @param wanted the name of its socket, or the number
	 * @param environment the variables of the process
	 * @param pid the process
	 * @return the number
	 * @throws IOException saying why there is none
	 */
	static int descriptor(String wanted, Map<String, String> environment, long pid) throws IOException {
		boolean number = wanted.matches("\\d{1,4}");
		String count = environment.get("LISTEN_FDS");
		if (count == null) {
			if (number && Integer.parseInt(wanted) >= FIRST) {
				return Integer.parseInt(wanted);
			}
			throw new IOException("The process was started without sockets: LISTEN_FDS is not set. Start it by a "
					+ "socket unit of systemd");
		}
		String owner = environment.getOrDefault("LISTEN_PID", "");
		if (!owner.equals(Long.toString(pid))) {
			throw new IOException("The sockets were given to process " + owner + ", and this is process " + pid
					+ ": a script that starts Java has to do so by exec");
		}
		int sockets = count.matches("\\d{1,4}") ? Integer.parseInt(count) : 0;
		List<String> names = Arrays.asList(environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
		int index = names.indexOf(wanted);
		if (index < 0 && number) {
			index = Integer.parseInt(wanted) - FIRST;
		}
		if (index < 0 || index >= sockets) {
			throw new IOException("There is no such socket among those that the process was started with: " + sockets
					+ " (LISTEN_FDS), with the names " + names + " (LISTEN_FDNAMES)");
		}
		return FIRST + index;
	}

	/**
	 * Whether it is a Unix domain socket.
	 * @return {@code false} for TCP
	 */
	boolean isUnix() {
		return this.unix;
	}

	/**
	 * Take it over.
	 * @return a channel that is bound already, closed with the socket
	 */
	ServerChannel channel() {
		return this.unix ? new EpollServerDomainSocketChannel(this.descriptor)
				: new EpollServerSocketChannel(this.descriptor);
	}

}
